using System.Text;
using Orrery.Secrets.Sops.Keys;

namespace Orrery.Secrets.Sops;

/// <summary>Encrypts a document's values where they are, and adds the metadata with a new MAC.</summary>
internal sealed class Sealing(byte[] dataKey, SopsMetadata metadata, Reuse reuse, FillRandom random) : IDisposable
{
    private readonly ValueCipher _cipher = new(dataKey);

    /// <summary>The metadata with MAC and date; set by encrypting.</summary>
    public SopsMetadata Metadata { get; private set; } = metadata;

    public string Encrypt(SopsSource source, ISopsFormat format, DateTimeOffset now)
    {
        var edits = Values(source, format, now);
        edits.AddRange(format.AddBlock(source, format.WriteBlock(Metadata.Write(), source)));
        return TextEdit.Apply(source.Text, edits);
    }

    /// <summary>The same with the metadata as it was written before, but for MAC and date.</summary>
    public string EncryptAgain(SopsSource source, ISopsFormat format, SopsSource before, DateTimeOffset now)
    {
        var edits = Values(source, format, now);
        var stamped = TextEdit.Apply(before.Text, before.Stamps.Select(stamp => new TextEdit(
            stamp.Leaf.Span,
            Requoted(
                before.Text.AsSpan(stamp.Leaf.Span.Start, stamp.Leaf.Span.Length),
                stamp.Key == "mac" ? Metadata.Mac : Metadata.LastModified))));
        edits.AddRange(format.AddBlock(source, format.Read(stamped).Block));
        return TextEdit.Apply(source.Text, edits);
    }

    public void Dispose() => _cipher.Dispose();

    /// <summary>Neither a MAC nor a date has anything to escape.</summary>
    private static string Requoted(ReadOnlySpan<char> before, string text) =>
        before is ['"' or '\'', ..] ? $"{before[0]}{text}{before[0]}" : text;

    private List<TextEdit> Values(SopsSource source, ISopsFormat format, DateTimeOffset now)
    {
        using var mac = Opening.NewMac(Metadata);
        var edits = new List<TextEdit>();
        foreach (var visit in source.Documents.SelectMany(tree => TreeWalk.Of(tree, Metadata.Selection)))
        {
            var (leaf, value) = (visit.Leaf, visit.Leaf.Value!);
            if (!leaf.IsComment && (visit.IsSelected || !Metadata.MacOnlyEncrypted))
                mac.AppendData(value.Content);
            if (visit.IsSelected)
                edits.Add(new TextEdit(leaf.Span, Encrypt(visit, format)));
        }

        var modified = SopsMetadata.Stamp(now);
        var digest = SopsValue.Of(Convert.ToHexString(mac.GetHashAndReset()));
        Metadata = Metadata with
        {
            LastModified = modified,
            Mac = _cipher.Encrypt(digest, modified, random),
        };
        return edits;
    }

    private string Encrypt(Visit visit, ISopsFormat format)
    {
        var (leaf, value) = (visit.Leaf, visit.Leaf.Value!);
        if (value.Type is SopsType.Text or SopsType.Comment
            && ValueCipher.IsEncrypted(Encoding.UTF8.GetString(value.Content)))
        {
            throw new SopsException(
                SopsFailure.AlreadyEncrypted,
                $"the value at {visit.Path.TrimEnd(':')} is encrypted already, or looks as if it were");
        }

        // Quotes of before are kept where they fit: within brackets they must be there.
        if (reuse.Take(visit.Path, value) is { } known)
        {
            return !leaf.Place.IsFlow && IsOneLine(known.Written)
                ? known.Written
                : Write(known.Cipher, leaf, format);
        }

        return Write(_cipher.Encrypt(value, visit.Path, random), leaf, format);
    }

    private static bool IsOneLine(string written) =>
        !written.Contains('\n', StringComparison.Ordinal) && !written.StartsWith('|') && !written.StartsWith('>');

    private static string Write(string cipher, SopsLeaf leaf, ISopsFormat format) =>
        format.Write(leaf.IsComment ? SopsValue.Comment(cipher) : SopsValue.Of(cipher), leaf.Place);
}
