using System.Text;
using Orrery.Secrets.Sops.Keys;

namespace Orrery.Secrets.Sops.Formats;

/// <summary>
/// YAML: order, comments and the writer's layout stay as they are. Several documents in a file have the same metadata.
/// </summary>
internal sealed class YamlFormat : ISopsFormat
{
    private const int Step = LeafPlace.DefaultStep;

    public SopsSource Read(string text)
    {
        var documents = YamlReader.Read(text);
        for (var i = 0; i < documents.Count; i++)
            YamlComments.Add(text, documents[i], i == 0 ? 0 : documents[i].Start, EndOf(documents, i, text));
        var first = documents.FirstOrDefault(document => document.Metadata is not null);
        return new YamlSource
        {
            Text = text,
            Yaml = documents,
            Documents = [.. documents.Select(document => document.Root)],
            Metadata = first?.Metadata,
            Block = first is null ? "" : text.Substring(first.MetadataSpan.Start, first.MetadataSpan.Length),
            MetadataSpans =
            [
                .. documents.Where(document => document.Metadata is not null)
                    .Select(document => Removal(text, document)),
            ],
            Stamps = [.. documents.SelectMany(document => document.Stamps)],
        };
    }

    public string Write(SopsValue value, LeafPlace place) => value.Type == SopsType.Comment
        ? "#" + value.Text.ReplaceLineEndings(" ")
        : YamlScalars.Write(value, place);

    public string WriteBlock(MetaMap metadata, SopsSource source)
    {
        var document = ((YamlSource)source).Yaml[0];
        if (document.IsFlow)
            return "\"sops\": " + JsonFormat.WriteNode(metadata, indent: null, 0);
        var text = new StringBuilder("sops:");
        WriteMap(text, metadata, NextIndent(0));
        return text.ToString();
    }

    public IEnumerable<TextEdit> AddBlock(SopsSource source, string block)
    {
        var documents = ((YamlSource)source).Yaml;
        for (var i = 0; i < documents.Count; i++)
        {
            var document = documents[i];
            if (document.IsFlow != documents[0].IsFlow)
            {
                throw new SopsException(
                    SopsFailure.Malformed, "some of the documents are written in braces and some are not");
            }

            if (document.IsFlow)
            {
                var end = document.Branches.First(branch => ReferenceEquals(branch.Branch, document.Root)).End - 1;
                var comma = document.Root.Items.Count == 0 ? "" : ", ";
                yield return new TextEdit(new TextSpan(end, 0), comma + block);
                continue;
            }

            var at = EndOf(documents, i, source.Text);
            var before = at == 0 || source.Text[at - 1] == '\n' ? "" : "\n";
            var indented = document.Column == 0
                ? block
                : string.Join('\n', block.Split('\n').Select(line => new string(' ', document.Column) + line));
            yield return new TextEdit(new TextSpan(at, 0), $"{before}{indented}\n");
        }
    }

    public TextEdit? Insert(SopsSource source, IReadOnlyList<string> path, SopsValue value)
    {
        var document = ((YamlSource)source).Yaml is [var first, ..] ? first : null;
        if (document is null || document.IsFlow)
            return null;
        var branch = document.Branches.First(placed => ReferenceEquals(placed.Branch, document.Root));
        var depth = 0;
        while (branch.Branch.Items.Find(item => item.Key == path[depth]).Node is { } next)
        {
            if (next is not SopsBranch { IsList: false } || depth == path.Count - 1)
                return null;
            branch = document.Branches.First(placed => ReferenceEquals(placed.Branch, next));
            depth++;
        }

        if (branch.Column < 0)
            return null;
        var lineEnd = source.Text.IndexOf('\n', branch.End);
        var at = branch.Branch.Items.Count == 0 && depth == 0 ? EndOf(((YamlSource)source).Yaml, 0, source.Text)
            : lineEnd < 0 ? source.Text.Length : lineEnd + 1;
        var text = new StringBuilder(at > 0 && source.Text[at - 1] != '\n' ? "\n" : "");
        var indent = branch.Column;
        for (; depth < path.Count; depth++, indent += Step)
        {
            text.Append(' ', indent).Append(YamlScalars.WriteText(path[depth], new LeafPlace(0, IsFlow: true)))
                .Append(':');
            text.Append(depth < path.Count - 1 ? "\n" : $" {Write(value, new LeafPlace(indent))}\n");
        }

        return new TextEdit(new TextSpan(at, 0), text.ToString());
    }

    /// <summary>Where the document's last line ends: before the next one's mark, or its own end mark.</summary>
    private static int EndOf(IReadOnlyList<YamlDocument> documents, int index, string text) =>
        documents[index].End >= 0 ? documents[index].End
        : index + 1 < documents.Count ? documents[index + 1].Start
        : text.Length;

    /// <summary>Whole lines, or in braces the entry with its comma.</summary>
    private static TextSpan Removal(string text, YamlDocument document)
    {
        var (start, end) = (document.MetadataSpan.Start, document.MetadataSpan.End);
        if (document.IsFlow)
            return JsonFormat.WithComma(text, document.MetadataSpan);
        start = YamlReader.LineStart(text, start);
        var line = text.IndexOf('\n', end);
        return TextSpan.Between(start, line < 0 ? text.Length : line + 1);
    }

    private static int NextIndent(int indent) => ((indent / Step) + 1) * Step;

    private static void WriteMap(StringBuilder text, MetaMap map, int indent, bool startsOnLine = false)
    {
        foreach (var (key, node) in map.Entries)
        {
            if (!startsOnLine)
                text.Append('\n').Append(' ', indent);
            startsOnLine = false;
            text.Append(key).Append(':');
            WriteNode(text, node, indent);
        }
    }

    private static void WriteNode(StringBuilder text, MetaNode node, int indent)
    {
        switch (node)
        {
            case MetaMap { Entries.Count: > 0 } map:
                WriteMap(text, map, NextIndent(indent));
                break;
            case MetaMap:
                text.Append(" {}");
                break;
            case MetaList { Items.Count: 0 }:
                text.Append(" []");
                break;
            case MetaList list:
                WriteList(text, list, NextIndent(indent));
                break;
            case MetaText { IsBare: true } bare:
                text.Append(' ').Append(bare.Text);
                break;
            case MetaText scalar:
                // The block's own lines are as much further in as SOPS has them, not by one step.
                var place = new LeafPlace(indent, Step: NextIndent(indent) - indent);
                text.Append(' ').Append(YamlScalars.WriteText(scalar.Text, place));
                break;
        }
    }

    private static void WriteList(StringBuilder text, MetaList list, int indent)
    {
        foreach (var item in list.Items)
        {
            text.Append('\n').Append(' ', indent).Append('-');
            if (item is MetaMap { Entries.Count: > 0 } map)
            {
                text.Append(' ');
                WriteMap(text, map, indent + 2, startsOnLine: true);
            }
            else
            {
                WriteNode(text, item, indent);
            }
        }
    }
}

/// <summary>A YAML text that was read.</summary>
internal sealed class YamlSource : SopsSource
{
    public required IReadOnlyList<YamlDocument> Yaml { get; init; }
}
