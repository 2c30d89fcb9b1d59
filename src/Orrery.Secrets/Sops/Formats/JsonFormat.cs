using System.Text.Encodings.Web;
using System.Text.Json;
using Orrery.Secrets.Sops.Keys;

namespace Orrery.Secrets.Sops.Formats;

/// <summary>JSON: an object at the top; order and layout stay as they are.</summary>
internal sealed class JsonFormat : ISopsFormat
{
    /// <summary>What SOPS indents by.</summary>
    private const string Tab = "\t";

    public SopsSource Read(string text) => new JsonReader(text).Read();

    public string Write(SopsValue value, LeafPlace place) => value.Type switch
    {
        SopsType.Boolean => value.Text == "True" ? "true" : "false",
        SopsType.Integer => value.Text,
        // A float that would read as an integer gets a fraction, so that it stays one; JSON has no infinity.
        SopsType.Float when char.IsAsciiDigit(value.Text[^1]) =>
            value.Text.Contains('.', StringComparison.Ordinal) ? value.Text : value.Text + ".0",
        _ => Quote(value.Text),
    };

    public string WriteBlock(MetaMap metadata, SopsSource source)
    {
        var indent = IndentOf(source.Text);
        return $"\"sops\":{(indent is null ? "" : " ")}{WriteNode(metadata, indent, 1)}";
    }

    public IEnumerable<TextEdit> AddBlock(SopsSource source, string block) => [Append((JsonSource)source, block)];

    public TextEdit? Insert(SopsSource source, IReadOnlyList<string> path, SopsValue value) => path.Count == 1
        ? Append((JsonSource)source, $"{Quote(path[0])}: {Write(value, default)}")
        : null;

    public static string Quote(string text) =>
        $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    /// <summary>On one line where there is no indentation.</summary>
    public static string WriteNode(MetaNode node, string? indent, int depth)
    {
        var line = indent is null ? "" : "\n" + string.Concat(Enumerable.Repeat(indent, depth + 1));
        var last = indent is null ? "" : "\n" + string.Concat(Enumerable.Repeat(indent, depth));
        var colon = indent is null ? ":" : ": ";
        return node switch
        {
            MetaText { IsBare: true } bare => bare.Text,
            MetaText text => Quote(text.Text),
            MetaList { Items.Count: 0 } => "[]",
            MetaMap { Entries.Count: 0 } => "{}",
            MetaList list =>
                $"[{string.Join(',', list.Items.Select(item => line + WriteNode(item, indent, depth + 1)))}{last}]",
            MetaMap map => $"{{{string.Join(',', map.Entries.Select(entry =>
                $"{line}{Quote(entry.Key)}{colon}{WriteNode(entry.Value, indent, depth + 1)}"))}{last}}}",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>An entry with the comma and the white space that part it from its neighbours.</summary>
    public static TextSpan WithComma(string text, TextSpan entry)
    {
        var before = text.AsSpan(0, entry.Start).TrimEnd().Length;
        if (before > 0 && text[before - 1] == ',')
            return TextSpan.Between(before - 1, entry.End);
        var end = text.Length - text.AsSpan(entry.End).TrimStart().Length;
        if (end >= text.Length || text[end] != ',')
            return entry;
        end++;
        return TextSpan.Between(entry.Start, text.Length - text.AsSpan(end).TrimStart().Length);
    }

    private static TextEdit Append(JsonSource source, string entry)
    {
        var indent = IndentOf(source.Text);
        // Behind the last entry, or behind the brace that opens.
        var at = source.Text.AsSpan(0, source.End).TrimEnd().Length;
        var isEmpty = source.Documents[0].Items.Count == 0;
        var line = indent is null ? "" : "\n" + indent;
        var rest = source.Text.AsSpan(at, source.End - at);
        var last = indent is not null && !rest.Contains('\n') ? "\n" : "";
        return new TextEdit(new TextSpan(at, 0), $"{(isEmpty ? "" : ",")}{line}{entry}{last}");
    }

    /// <summary>
    /// What the first entry is indented by; a tab where that cannot be told, null where all is one line.
    /// </summary>
    private static string? IndentOf(string text)
    {
        var open = text.IndexOf('{', StringComparison.Ordinal) + 1;
        var rest = text.AsSpan(open);
        var white = rest[..(rest.Length - rest.TrimStart().Length)];
        var line = white.LastIndexOf('\n');
        if (line < 0)
            return rest.TrimStart().StartsWith("}") ? Tab : null;
        return line + 1 < white.Length ? white[(line + 1)..].ToString() : Tab;
    }
}

/// <summary>A JSON text that was read.</summary>
internal sealed class JsonSource : SopsSource
{
    /// <summary>Where the brace stands that closes all.</summary>
    public required int End { get; init; }
}
