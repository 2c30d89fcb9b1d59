using Orrery.Secrets.Sops.Keys;

namespace Orrery.Secrets.Sops.Formats;

/// <summary>INI as SOPS reads it: sections of texts; the comments before an entry are one comment.</summary>
internal sealed class IniFormat : ISopsFormat
{
    public SopsSource Read(string text) => new IniReader(text).Read();

    public string Write(SopsValue value, LeafPlace place) => value.Type switch
    {
        SopsType.Comment => string.Join('\n', value.Text.Split('\n').Select(
            line => line.StartsWith(';') || line.StartsWith('#') ? line : "; " + line)),
        SopsType.Boolean => value.Text.ToLowerInvariant(),
        _ => WriteText(value.Text),
    };

    public string WriteBlock(MetaMap metadata, SopsSource source)
    {
        var entries = FlatMeta.Flatten(metadata).ToArray();
        var width = entries.Max(entry => entry.Key.Length);
        return "[sops]\n" + string.Concat(entries.Select(entry =>
            $"{entry.Key.PadRight(width)} = {entry.Text.Replace("\n", "\\n", StringComparison.Ordinal)}\n"));
    }

    public IEnumerable<TextEdit> AddBlock(SopsSource source, string block) => [Append(source, block)];

    public TextEdit? Insert(SopsSource source, IReadOnlyList<string> path, SopsValue value)
    {
        if (path is not [var section, var key] || section.AsSpan().ContainsAny("[]\n") || section is "sops"
            || key.Length == 0 || key.AsSpan().ContainsAny("=:\n\"`") || key[0] is '[' or '#' or ';')
            return null;
        var line = $"{key} = {Write(value, default)}\n";
        if (source.Documents[0].Items.FindLast(item => item.Key == section).Node is not SopsBranch branch)
            return Append(source, $"[{section}]\n{line}");
        var last = branch.Items.Select(item => item.Node).OfType<SopsLeaf>().LastOrDefault(leaf => !leaf.IsComment);
        if (last is null)
            return null;
        var end = source.Text.IndexOf('\n', last.Span.End);
        return end < 0
            ? new TextEdit(new TextSpan(source.Text.Length, 0), "\n" + line)
            : new TextEdit(new TextSpan(end + 1, 0), line);
    }

    // What Go's ini package would cut or strip stands in its quotes.
    private static string WriteText(string text)
    {
        if (text.AsSpan().ContainsAny("\n`") || text.StartsWith('"') || text.StartsWith('\''))
        {
            return text.Contains("\"\"\"", StringComparison.Ordinal) || text.EndsWith('"')
                ? throw new SopsException(
                    SopsFailure.Value, "a value has line breaks and quotes in a way that INI cannot hold")
                : $"\"\"\"{text}\"\"\"";
        }

        if (text.AsSpan().ContainsAny("#;") || text.EndsWith('\\'))
            return $"`{text}`";
        return text.Trim().Length == text.Length ? text : $"\"{text}\"";
    }

    private static TextEdit Append(SopsSource source, string lines)
    {
        var before = source.Text.Length == 0 || source.Text.EndsWith("\n\n", StringComparison.Ordinal) ? ""
            : source.Text[^1] == '\n' ? "\n"
            : "\n\n";
        return new TextEdit(new TextSpan(source.Text.Length, 0), before + lines);
    }
}
