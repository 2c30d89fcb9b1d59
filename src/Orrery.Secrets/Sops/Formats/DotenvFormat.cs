using Orrery.Secrets.Sops.Keys;

namespace Orrery.Secrets.Sops.Formats;

/// <summary>
/// Lines of <c>NAME=value</c>, without quotes and escapes but <c>\n</c> for a line break, as SOPS reads them; comments
/// begin at the start of a line.
/// </summary>
internal sealed class DotenvFormat : ISopsFormat
{
    private const string Prefix = "sops_";

    public SopsSource Read(string text)
    {
        var root = new SopsBranch(isList: false);
        var metadata = new List<(string Key, string Text)>();
        var spans = new List<TextSpan>();
        var stamps = new List<(string, SopsLeaf)>();
        var (start, number) = (0, 0);
        while (start < text.Length)
        {
            number++;
            var end = text.IndexOf('\n', start) is var at && at < 0 ? text.Length : at;
            var line = TextSpan.Between(start, end);
            start = end + 1;
            if (line.Length == 0)
                continue;
            var item = ReadLine(text, line, number);
            if (item.Key is not { } key || !key.StartsWith(Prefix, StringComparison.Ordinal))
            {
                root.Items.Add(item);
                continue;
            }

            var leaf = (SopsLeaf)item.Node;
            metadata.Add((key[Prefix.Length..], leaf.Value!.Text));
            spans.Add(TextSpan.Between(line.Start, Math.Min(start, text.Length)));
            if (key is "sops_mac" or "sops_lastmodified")
                stamps.Add((key[Prefix.Length..], leaf));
        }

        return new SopsSource
        {
            Text = text,
            Documents = [root],
            Metadata = metadata.Count == 0 ? null : FlatMeta.Unflatten(metadata),
            MetadataSpans = spans,
            Block = string.Concat(spans.Select(span => text.Substring(span.Start, span.Length))),
            Stamps = stamps,
        };
    }

    public string Write(SopsValue value, LeafPlace place) => value.Type switch
    {
        SopsType.Comment => "#" + value.Text.ReplaceLineEndings(" "),
        SopsType.Boolean => value.Text.ToLowerInvariant(),
        _ => value.Text.Replace("\n", "\\n", StringComparison.Ordinal),
    };

    public string WriteBlock(MetaMap metadata, SopsSource source) => string.Concat(
        FlatMeta.Flatten(metadata).Select(
            entry => $"{Prefix}{entry.Key}={entry.Text.Replace("\n", "\\n", StringComparison.Ordinal)}\n"));

    public IEnumerable<TextEdit> AddBlock(SopsSource source, string block) => [Append(source, block)];

    public TextEdit? Insert(SopsSource source, IReadOnlyList<string> path, SopsValue value) =>
        path is [var key] && key.Length > 0 && key[0] != '#' && !key.AsSpan().ContainsAny("=\n")
            && !key.StartsWith(Prefix, StringComparison.Ordinal)
            ? Append(source, $"{key}={Write(value, default)}\n")
            : null;

    private static TextEdit Append(SopsSource source, string lines) => new(
        new TextSpan(source.Text.Length, 0),
        (source.Text.Length == 0 || source.Text[^1] == '\n' ? "" : "\n") + lines);

    private static SopsItem ReadLine(string text, TextSpan line, int number)
    {
        if (text[line.Start] == '#')
        {
            var comment = SopsValue.Comment(text.Substring(line.Start + 1, line.Length - 1));
            return new SopsItem(null, new SopsLeaf(comment, line, default));
        }

        var equals = text.IndexOf('=', line.Start, line.Length);
        if (equals < 0)
            throw new SopsException(SopsFailure.Malformed, $"line {number} is neither NAME=value nor a comment");
        var span = TextSpan.Between(equals + 1, line.End);
        var value = text.Substring(span.Start, span.Length).Replace("\\n", "\n", StringComparison.Ordinal);
        return new SopsItem(
            text[line.Start..equals], new SopsLeaf(SopsValue.Of(value), span, default));
    }
}
