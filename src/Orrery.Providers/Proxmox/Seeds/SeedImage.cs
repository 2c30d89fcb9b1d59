using System.Buffers.Binary;
using System.Text;
using Orrery.Model.Values;

namespace Orrery.Providers.Proxmox.Seeds;

/// <summary>
/// The CD that cloud-init's NoCloud source reads: ISO 9660 with Joliet names (ECMA-119 and Microsoft's supplement), one
/// folder, the label <c>cidata</c>. Equal files give equal bytes: it holds no time.
/// </summary>
public static class SeedImage
{
    private const int Sector = 2048;
    private const int SystemSectors = 16;

    // In this order: 16 primary descriptor, 17 Joliet's, 18 end; two path tables each; two folders; the files.
    private const int PrimaryLittle = 19;
    private const int PrimaryBig = 20;
    private const int JolietLittle = 21;
    private const int JolietBig = 22;
    private const int PrimaryFolder = 23;
    private const int JolietFolder = 24;
    private const int FirstFile = 25;
    private const int PathTableBytes = 10;
    private const string Label = "cidata";

    /// <param name="files">By name, such as <c>user-data</c>; at most a folder's sector of them.</param>
    public static byte[] Build(ValueMap<string> files)
    {
        var contents = files.Select(file => (file.Key, Bytes: Encoding.UTF8.GetBytes(file.Value))).ToArray();
        var places = new List<(string Name, int Sector, int Length)>();
        var next = FirstFile;
        foreach (var (name, bytes) in contents)
        {
            places.Add((name, next, bytes.Length));
            next += Math.Max(1, (bytes.Length + Sector - 1) / Sector);
        }

        var image = new byte[next * Sector];
        Describe(At(image, SystemSectors), 1, next, PrimaryFolder, (PrimaryLittle, PrimaryBig));
        Describe(At(image, SystemSectors + 1), 2, next, JolietFolder, (JolietLittle, JolietBig));
        Header(At(image, SystemSectors + 2), 255);
        PathTable(At(image, PrimaryLittle), PrimaryFolder, isBig: false);
        PathTable(At(image, PrimaryBig), PrimaryFolder, isBig: true);
        PathTable(At(image, JolietLittle), JolietFolder, isBig: false);
        PathTable(At(image, JolietBig), JolietFolder, isBig: true);
        Folder(At(image, PrimaryFolder), PrimaryFolder, places, PlainName);
        Folder(At(image, JolietFolder), JolietFolder, places, Encoding.BigEndianUnicode.GetBytes);
        foreach (var ((_, bytes), place) in contents.Zip(places))
            bytes.CopyTo(image.AsSpan(place.Sector * Sector));
        return image;
    }

    private static Span<byte> At(byte[] image, int sector) => image.AsSpan(sector * Sector, Sector);

    private static void Header(Span<byte> at, byte type)
    {
        at[0] = type;
        "CD001"u8.CopyTo(at[1..]);
        at[6] = 1;
    }

    private static void Describe(Span<byte> at, byte type, int sectors, int folder, (int Little, int Big) tables)
    {
        var isJoliet = type == 2;
        Header(at, type);
        Text(at.Slice(8, 32), "", isJoliet);
        Text(at.Slice(40, 32), Label, isJoliet);
        Both(at[80..], sectors);

        // UCS-2 level 3: all that two bytes can say.
        if (isJoliet)
            "%/E"u8.CopyTo(at[88..]);
        BothShort(at[120..], 1);
        BothShort(at[124..], 1);
        BothShort(at[128..], Sector);
        Both(at[132..], PathTableBytes);
        BinaryPrimitives.WriteInt32LittleEndian(at[140..], tables.Little);
        BinaryPrimitives.WriteInt32BigEndian(at[148..], tables.Big);
        Entry(at[156..], folder, Sector, [0], isFolder: true);
        foreach (var (start, length) in (ReadOnlySpan<(int, int)>)[(190, 128), (318, 128), (446, 128), (574, 128),
            (702, 37), (739, 37), (776, 37)])
        {
            Text(at.Slice(start, length), "", isJoliet);
        }

        foreach (var time in (ReadOnlySpan<int>)[813, 830, 847, 864])
            at.Slice(time, 16).Fill((byte)'0');
        at[881] = 1;
    }

    private static void PathTable(Span<byte> at, int folder, bool isBig)
    {
        at[0] = 1;
        if (isBig)
        {
            BinaryPrimitives.WriteInt32BigEndian(at[2..], folder);
            BinaryPrimitives.WriteInt16BigEndian(at[6..], 1);
        }
        else
        {
            BinaryPrimitives.WriteInt32LittleEndian(at[2..], folder);
            BinaryPrimitives.WriteInt16LittleEndian(at[6..], 1);
        }
    }

    private static void Folder(
        Span<byte> at, int itself, List<(string Name, int Sector, int Length)> files, Func<string, byte[]> encode)
    {
        var end = Entry(at, itself, Sector, [0], isFolder: true);
        end += Entry(at[end..], itself, Sector, [1], isFolder: true);
        foreach (var (encoded, file) in files.Select(file => (encode(file.Name), file))
            .OrderBy(pair => Convert.ToHexString(pair.Item1), StringComparer.Ordinal))
        {
            Invariant.Check(end + 34 + encoded.Length <= Sector, "too many files for a seed image");
            end += Entry(at[end..], file.Sector, file.Length, encoded, isFolder: false);
        }
    }

    private static int Entry(Span<byte> at, int sector, int length, ReadOnlySpan<byte> name, bool isFolder)
    {
        var size = 33 + name.Length + ((name.Length + 1) % 2);
        at[0] = (byte)size;
        Both(at[2..], sector);
        Both(at[10..], length);

        // 1970-01-01: a time is needed, and none is known.
        at[18] = 70;
        at[19] = at[20] = 1;
        at[25] = (byte)(isFolder ? 2 : 0);
        BothShort(at[28..], 1);
        at[32] = (byte)name.Length;
        name.CopyTo(at[33..]);
        return size;
    }

    /// <summary>Capitals, digits and underscores, for readers that know no Joliet: <c>USER_DAT.;1</c>.</summary>
    private static byte[] PlainName(string name)
    {
        var plain = string.Concat(name.ToUpperInvariant().Select(character =>
            char.IsAsciiLetterOrDigit(character) ? character : '_'));
        return Encoding.ASCII.GetBytes($"{(plain.Length > 8 ? plain[..8] : plain)}.;1");
    }

    private static void Text(Span<byte> at, string text, bool isJoliet)
    {
        if (isJoliet)
        {
            // An odd length ends with a byte that belongs to no character.
            for (var i = 0; i + 1 < at.Length; i += 2)
                (at[i], at[i + 1]) = (0, (byte)' ');
            Encoding.BigEndianUnicode.GetBytes(text, at);
            return;
        }

        at.Fill((byte)' ');
        Encoding.ASCII.GetBytes(text, at);
    }

    private static void Both(Span<byte> at, int number)
    {
        BinaryPrimitives.WriteInt32LittleEndian(at, number);
        BinaryPrimitives.WriteInt32BigEndian(at[4..], number);
    }

    private static void BothShort(Span<byte> at, short number)
    {
        BinaryPrimitives.WriteInt16LittleEndian(at, number);
        BinaryPrimitives.WriteInt16BigEndian(at[2..], number);
    }
}
