using System.Security.Cryptography;
using System.Text;
using Orrery.Secrets.Sops.Keys;

namespace Orrery.Secrets.Sops;

/// <summary>Decrypts a document's values where they are, and holds them to their MAC.</summary>
internal static class Opening
{
    /// <summary>What a MAC over encrypted values alone begins with: the SHA-256 of "sops".</summary>
    internal static readonly byte[] MacOnlyEncryptedStart = SHA256.HashData("sops"u8);

    public static SopsDocument Open(SopsSource source, SopsFormat format, SopsMetadata metadata, byte[] dataKey)
    {
        using var cipher = new ValueCipher(dataKey);
        using var mac = NewMac(metadata);
        var edits = source.MetadataSpans.Select(span => new TextEdit(span, "")).ToList();
        var reuse = new Reuse();
        var writer = SopsFormats.Of(format);
        SopsValue? only = null;
        foreach (var visit in source.Documents.SelectMany(tree => TreeWalk.Of(tree, metadata.Selection)))
        {
            var leaf = visit.Leaf;
            var value = visit.IsSelected ? Decrypt(cipher, visit, source) : leaf.Value!;
            if (!leaf.IsComment && (visit.IsSelected || !metadata.MacOnlyEncrypted))
                mac.AppendData(value.Content);
            if (!visit.IsSelected)
                continue;
            only = value;
            reuse.Add(visit.Path, value, leaf.Value!.Text, source.Text.Substring(leaf.Span.Start, leaf.Span.Length));
            if (format != SopsFormat.Binary && !ReferenceEquals(value, leaf.Value))
                edits.Add(new TextEdit(leaf.Span, writer.Write(value, leaf.Place)));
        }

        Check(cipher, metadata, mac);
        var plain = format == SopsFormat.Binary
            ? Only(source, only)
            : Encoding.UTF8.GetBytes(TextEdit.Apply(source.Text, edits));
        return new SopsDocument(source, format, metadata, dataKey, (plain, reuse));
    }

    public static IncrementalHash NewMac(SopsMetadata metadata)
    {
        var mac = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        if (metadata.MacOnlyEncrypted)
            mac.AppendData(MacOnlyEncryptedStart);
        return mac;
    }

    private static byte[] Only(SopsSource source, SopsValue? value) =>
        source.Documents is [{ Items: [{ Key: "data", Node: SopsLeaf leaf }] }]
            ? (value ?? leaf.Value)?.Content ?? []
            : throw new SopsException(SopsFailure.Malformed, "a binary file has one value, data, and this has others");

    private static SopsValue Decrypt(ValueCipher cipher, Visit visit, SopsSource source)
    {
        var leaf = visit.Leaf;
        if (leaf.IsComment)
            return DecryptComment(cipher, visit, source);
        if (leaf.Value!.Type != SopsType.Text)
            throw ValueCipher.Refused(visit.Path, "it is not encrypted, and it should be");
        return cipher.Decrypt(leaf.Value.Text, visit.Path)
            ?? throw ValueCipher.Refused(visit.Path, "it was changed or moved after it was written");
    }

    /// <summary>
    /// Comments are not in the MAC, and older versions left them plain, so what does not look encrypted stays. Where
    /// one
    /// belongs depends on the reader of YAML; so one is looked for further out too.
    /// </summary>
    private static SopsValue DecryptComment(ValueCipher cipher, Visit visit, SopsSource source)
    {
        var text = visit.Leaf.Value!.Text;
        if (!ValueCipher.IsEncrypted(text))
            return visit.Leaf.Value;
        if (cipher.Decrypt(text, visit.Path) is { } value)
            return Comment(value);
        foreach (var path in source.Documents.SelectMany(Paths.Of).Distinct(StringComparer.Ordinal))
        {
            if (cipher.Decrypt(text, path) is { } found)
                return Comment(found);
        }

        throw ValueCipher.Refused(visit.Path, "the comment was changed after it was written");
    }

    private static SopsValue Comment(SopsValue value) => SopsValue.Comment(value.Text);

    public static void Check(ValueCipher cipher, SopsMetadata metadata, IncrementalHash computed)
    {
        if (metadata.Mac.Length == 0)
            throw new SopsException(SopsFailure.Mac, "the MAC is missing: anybody could have changed the values");
        SopsValue? written;
        try
        {
            written = cipher.Decrypt(metadata.Mac, metadata.LastModified);
        }
        catch (SopsException)
        {
            written = null;
        }

        if (written is null)
            throw new SopsException(SopsFailure.Mac, "the MAC or the date of the last change was changed");
        var expected = Encoding.ASCII.GetBytes(Convert.ToHexString(computed.GetHashAndReset()));
        if (!CryptographicOperations.FixedTimeEquals(written.Content, expected))
        {
            throw new SopsException(
                SopsFailure.Mac, "the values do not belong together: one was changed, added, moved or removed");
        }
    }
}

/// <summary>The paths of a tree's maps.</summary>
internal static class Paths
{
    public static IEnumerable<string> Of(SopsBranch tree) => Of(tree, "").Select(path => path.Length == 0 ? ":" : path);

    private static IEnumerable<string> Of(SopsBranch branch, string path) => branch.Items
        .Where(item => item.Node is SopsBranch)
        .SelectMany(item => Of((SopsBranch)item.Node, item.Key is null ? path : $"{path}{item.Key}:"))
        .Prepend(path);
}
