using System.Buffers.Binary;
using System.Text;
using Orrery.Model.Documents;
using Orrery.Model.Values;

namespace Orrery.Simulation.Sites;

/// <summary>
/// Reads a cidata CD as Talos on nocloud does: the file <c>network-config</c> in the Joliet folder of an ISO 9660
/// image, version 2. Nothing where it is none.
/// </summary>
internal static class SeedReader
{
    private const int Sector = 2048;
    private const int FirstDescriptor = 16;
    private const string Label = "cidata";
    private const string File = "network-config";

    /// <summary>The first address of each card, with its prefix length, by its hardware address.</summary>
    public static ValueMap<string> AddressesIn(ReadOnlySpan<byte> image)
    {
        if (Find(image) is not { } text || YamlDocuments.Read(text) is not [Value.Map document]
            || document["ethernets"] is not Value.Map cards)
            return ValueMap<string>.Empty;
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var card in cards.Fields.Values.OfType<Value.Map>())
        {
            if (card["match"] is Value.Map match && match["macaddress"].AsText() is { } mac
                && card["addresses"].AsList() is [var address, ..])
                found[mac] = address.AsText() ?? "";
        }

        return ValueMap.From(found);
    }

    private static string? Find(ReadOnlySpan<byte> image)
    {
        for (var at = FirstDescriptor * Sector; at + Sector <= image.Length; at += Sector)
        {
            var descriptor = image.Slice(at, Sector);
            if (!descriptor[1..6].SequenceEqual("CD001"u8) || descriptor[0] == 255)
                return null;
            // Joliet's is a supplementary one, whose names are UCS-2.
            if (descriptor[0] != 2)
                continue;
            var label = Encoding.BigEndianUnicode.GetString(descriptor.Slice(40, 32)).TrimEnd(' ', '\0');
            return label.Equals(Label, StringComparison.OrdinalIgnoreCase) ? FindIn(image, descriptor[156..]) : null;
        }

        return null;
    }

    /// <param name="root">The record of the root folder.</param>
    private static string? FindIn(ReadOnlySpan<byte> image, ReadOnlySpan<byte> root)
    {
        var folder = Extent(image, root);
        for (var at = 0; at < folder.Length && folder[at] > 0; at += folder[at])
        {
            var record = folder[at..];
            var name = Encoding.BigEndianUnicode.GetString(record.Slice(33, record[32])).Split(';')[0];
            if (name == File)
                return Encoding.UTF8.GetString(Extent(image, record));
        }

        return null;
    }

    private static ReadOnlySpan<byte> Extent(ReadOnlySpan<byte> image, ReadOnlySpan<byte> record) => image.Slice(
        BinaryPrimitives.ReadInt32LittleEndian(record[2..]) * Sector,
        BinaryPrimitives.ReadInt32LittleEndian(record[10..]));
}
