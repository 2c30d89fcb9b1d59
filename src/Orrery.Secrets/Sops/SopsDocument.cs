using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orrery.Secrets.Sops.Keys;
using Orrery.Secrets.Sops.Rules;

namespace Orrery.Secrets.Sops;

/// <summary>
/// A file that was opened. What it gives are new files; values that do not change keep their bytes, unless the data key
/// is a new one.
/// </summary>
public sealed class SopsDocument
{
    private readonly SopsSource _source;
    private readonly SopsFormat _format;
    private readonly SopsMetadata _metadata;
    private readonly byte[] _dataKey;
    private readonly Reuse _reuse;

    internal SopsDocument(
        SopsSource source,
        SopsFormat format,
        SopsMetadata metadata,
        byte[] dataKey,
        (byte[] Plain, Reuse Reuse) content)
    {
        (_source, _format, _metadata, _dataKey) = (source, format, metadata, dataKey);
        (Plain, _reuse) = content;
    }

    /// <summary>The file as it was before it was encrypted, in its own layout.</summary>
    public byte[] Plain { get; }

    public SopsKeys Keys => SopsKeys.Of(_metadata);

    /// <summary>Which of its values are encrypted.</summary>
    public SopsSelection Selection => _metadata.Selection;

    /// <summary>The file with other contents: only what changed is encrypted anew, with the MAC and the date.</summary>
    public byte[] Replace(ReadOnlySpan<byte> plain, DateTimeOffset now, FillRandom random)
    {
        if (plain.SequenceEqual(Plain))
            return Encoding.UTF8.GetBytes(_source.Text);
        using var sealing = new Sealing(_dataKey, _metadata, _reuse.Copy(), random);
        return Encoding.UTF8.GetBytes(sealing.EncryptAgain(
            SopsFile.ReadPlain(plain, _format), SopsFormats.Of(_format), _source, now));
    }

    /// <summary>Any bytes as a binary file of their own, for whoever can open this one.</summary>
    public byte[] EncryptBeside(ReadOnlySpan<byte> bytes, DateTimeOffset now, FillRandom random)
    {
        var metadata = _metadata with { Selection = SopsSelection.Default, MacOnlyEncrypted = false };
        using var sealing = new Sealing(_dataKey, metadata, Reuse.Nothing, random);
        return Encoding.UTF8.GetBytes(sealing.Encrypt(
            SopsFile.ReadPlain(bytes, SopsFormat.Binary), SopsFormats.Of(SopsFormat.Binary), now));
    }

    /// <summary>The same with one value set: of a key that is there, or a new one where the format allows it.</summary>
    /// <param name="path">Keys from the top; positions in lists as numbers from 0.</param>
    /// <param name="json">A text, a number or a boolean in JSON.</param>
    public byte[] Set(IReadOnlyList<string> path, string json, DateTimeOffset now, FillRandom random)
    {
        var value = ScalarOf(json);
        if (_format == SopsFormat.Binary)
            throw Refused("a binary file has no keys");
        if (path.Count == 0)
            throw Refused("the path is empty");
        var format = SopsFormats.Of(_format);
        var source = SopsFile.ReadPlain(Plain, _format);
        var edit = Find(source.Documents[0], path) switch
        {
            SopsLeaf { Span.Length: > 0 } leaf => new TextEdit(leaf.Span, format.Write(value, leaf.Place)),
            SopsLeaf leaf => new TextEdit(
                leaf.Span, (_format is SopsFormat.Yaml ? " " : "") + format.Write(value, leaf.Place)),
            SopsBranch => throw Refused($"at {string.Join('.', path)} is a map or a list; set one value of it"),
            _ => format.Insert(source, path, value) ?? throw Refused(
                $"there is no {string.Join('.', path)}, and it cannot be added there; edit the file"),
        };
        return Replace(Encoding.UTF8.GetBytes(TextEdit.Apply(source.Text, [edit])), now, random);
    }

    /// <summary>One value as text, to show.</summary>
    public byte[] Extract(IReadOnlyList<string> path)
    {
        if (_format == SopsFormat.Binary)
            throw Refused("a binary file has no keys");
        return Find(SopsFile.ReadPlain(Plain, _format).Documents[0], path) switch
        {
            SopsLeaf { Value: { } value } leaf => value.Type == SopsType.Boolean
                ? Encoding.ASCII.GetBytes(value.Text.ToLowerInvariant())
                : leaf.Value.Content,
            SopsLeaf => [],
            SopsBranch => throw Refused($"at {string.Join('.', path)} is a map or a list; name one value of it"),
            _ => throw Refused($"there is no {string.Join('.', path)}"),
        };
    }

    /// <summary>Whether the keys of a rule are those of the file.</summary>
    public bool HasKeysOf(CreationRule rule) =>
        _metadata.Groups.Count == rule.Groups.Count
        && _metadata.Groups.Zip(rule.Groups, (ours, theirs) => Names(ours).SetEquals(Names(theirs))).All(same => same)
        && (rule.Groups.Count < 2 || ThresholdOf(rule) == Keys.Threshold);

    /// <summary>The file with the same data key wrapped for the keys of a rule: no value changes.</summary>
    public byte[] UpdateKeys(CreationRule rule, FillRandom random)
    {
        var metadata = _metadata with
        {
            Groups = DataKey.Wrap(_dataKey, rule.Groups, rule.Threshold, random),
            Threshold = rule.Groups.Count > 1 ? ThresholdOf(rule) : 0,
        };
        var format = SopsFormats.Of(_format);
        var bare = format.Read(TextEdit.Apply(
            _source.Text, _source.MetadataSpans.Select(span => new TextEdit(span, ""))));
        return Encoding.UTF8.GetBytes(TextEdit.Apply(
            bare.Text, format.AddBlock(bare, format.WriteBlock(metadata.Write(), bare))));
    }

    /// <summary>
    /// The file with a new data key for the same keys: whoever kept the old one cannot read what comes.
    /// </summary>
    public byte[] Rotate(DateTimeOffset now, FillRandom random)
    {
        var dataKey = new byte[DataKey.Bytes];
        random(dataKey);
        var metadata = _metadata with
        {
            Groups = DataKey.Wrap(dataKey, _metadata.Groups, _metadata.Threshold, random),
            Version = SopsMetadata.CurrentVersion,
        };
        using var sealing = new Sealing(dataKey, metadata, Reuse.Nothing, random);
        var text = sealing.Encrypt(SopsFile.ReadPlain(Plain, _format), SopsFormats.Of(_format), now);
        CryptographicOperations.ZeroMemory(dataKey);
        return Encoding.UTF8.GetBytes(text);
    }

    private static int ThresholdOf(CreationRule rule) => rule.Threshold == 0 ? rule.Groups.Count : rule.Threshold;

    private static HashSet<string> Names(IReadOnlyList<SopsKey> group) => new(
        group.Select(key => key is SopsKey.Age age ? age.Recipient : ((SopsKey.Foreign)key).Name),
        StringComparer.Ordinal);

    private static SopsNode? Find(SopsNode node, IReadOnlyList<string> path)
    {
        foreach (var part in path)
        {
            if (node is not SopsBranch branch)
                return null;
            var items = branch.Items.Where(item => item.Node is not SopsLeaf { IsComment: true });
            var next = branch.IsList
                ? int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
                    ? items.ElementAtOrDefault(at).Node : null
                : items.FirstOrDefault(item => item.Key == part).Node;
            if (next is null)
                return null;
            node = next;
        }

        return node;
    }

    private static SopsValue ScalarOf(string json)
    {
        try
        {
            var source = new Formats.JsonReader($"{{\"value\":{json}}}").Read();
            if (source.Documents[0].Items is [{ Key: "value", Node: SopsLeaf { Value: { } value } }])
                return value;
        }
        catch (SopsException exception) when (exception.Failure == SopsFailure.Malformed)
        {
            // Said below, without quoting it.
        }

        throw Refused("the value is no text, number or boolean in JSON");
    }

    private static SopsException Refused(string why) => new(SopsFailure.Path, why);
}
