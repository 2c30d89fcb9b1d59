using Orrery.Model.Values;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Orrery.Model.Spec.Yaml;

/// <summary>
/// Reads the YAML documents of one source into nodes with positions. Refuses what makes a declaration ambiguous or
/// unbounded: duplicate keys, anchors, aliases, merge keys, tags, tabs, byte order marks, great size and depth.
/// </summary>
internal sealed class YamlReader
{
    /// <summary>Kubernetes stores no object above 1.5 MiB; a declaration is a few kilobytes.</summary>
    private const int CharactersMax = 1 << 20;

    private const string SecretForms =
        "{ env: NAME }, { file: path }, { sops: path#key } or { vault: path#key }";

    /// <summary>The deepest field of the kinds stands at a quarter of this.</summary>
    private const int DepthMax = 32;

    private readonly SourceText _source;
    private readonly Problems _problems;
    private readonly Scanner _scanner;
    private readonly Parser _parser;
    private bool _tooDeep;

    private YamlReader(SourceText source, Problems problems)
    {
        _source = source;
        _problems = problems;
        _scanner = new Scanner(new StringReader(source.Text), skipComments: true);
        _parser = new Parser(_scanner);
    }

    /// <summary>The documents up to the first place that is no YAML.</summary>
    public static IReadOnlyList<Node> Read(SourceText source, Problems problems)
    {
        if (source.Text.Length > CharactersMax)
        {
            problems.Add(
                SpecCodes.TooLarge,
                new Mark(source, 1, 1, 1),
                $"The file has {source.Text.Length} characters; at most {CharactersMax} are read.",
                "split the declaration into several files of the folder");
            return [];
        }

        if (!LayoutIsSound(source, problems))
            return [];
        var documents = new List<Node>();
        try
        {
            new YamlReader(source, problems).ReadDocuments(documents);
        }
        catch (YamlException exception)
        {
            problems.Add(
                SpecCodes.MalformedYaml,
                MarkAt(source, exception.Start),
                Sentence(exception.Message),
                "look at the indentation, colons, brackets and quotes here and in the line before");
        }

        return documents;
    }

    private static bool LayoutIsSound(SourceText source, Problems problems)
    {
        var sound = true;
        if (source.Text.StartsWith('\uFEFF'))
        {
            problems.Add(
                SpecCodes.ByteOrderMark,
                new Mark(source, 1, 1, 1),
                "The file begins with a byte order mark.",
                "save the file as UTF-8 without a byte order mark");
            sound = false;
        }

        for (var line = 1; line <= source.LineCount; line++)
        {
            var text = source.Line(line);
            var tab = TabInIndentation(text);
            if (tab < 0)
                continue;
            problems.Add(
                SpecCodes.Tab,
                new Mark(source, line, tab + 1, 1),
                "YAML is indented with spaces only.",
                "replace the tab by spaces");
            sound = false;
        }

        return sound;
    }

    private static int TabInIndentation(string line)
    {
        var end = 0;
        while (end < line.Length && line[end] == ' ')
            end++;
        return end < line.Length && line[end] == '\t' && line.Trim().Length > 0 ? end : -1;
    }

    private void ReadDocuments(List<Node> documents)
    {
        while (Next() && !_tooDeep)
        {
            if (_parser.Current is not DocumentStart)
                continue;
            Next();
            var mark = MarkOf(_parser.Current!);
            if (ReadNode(mark, 1) is { IsEmpty: false } document)
                documents.Add(document);
        }
    }

    /// <summary>Reads the node whose first event is current; its last event is current afterwards.</summary>
    private Node? ReadNode(Mark label, int depth)
    {
        if (depth > DepthMax)
        {
            _tooDeep = true;
            _problems.Add(SpecCodes.TooDeep, MarkOf(_parser.Current!), $"Values are nested at most {DepthMax} deep.");
            return null;
        }

        var current = _parser.Current!;
        if (current is AnchorAlias alias)
        {
            RefuseAnchor(MarkOf(current), $"The alias \"*{alias.Value}\" repeats what stands elsewhere.");
            return null;
        }

        if (current is NodeEvent node)
            CheckProperties(node);
        return current switch
        {
            Scalar scalar => ReadScalar(scalar, label),
            SequenceStart => ReadSequence(label, depth),
            MappingStart => ReadMapping(label, depth),
            _ => null,
        };
    }

    private ScalarNode ReadScalar(Scalar scalar, Mark label)
    {
        var plain = scalar.Style is ScalarStyle.Plain or ScalarStyle.Any;
        var node = new ScalarNode(MarkOf(scalar), label, scalar.Value, plain);
        if (SecretScan.Find(scalar.Value) is { } what)
        {
            _source.Hide(node.Mark);
            for (var line = node.Mark.Line + 1; line <= (int)scalar.End.Line; line++)
                _source.Hide(new Mark(_source, line, 1, _source.Line(line).Length));
            _problems.Add(
                SpecCodes.SecretInDeclaration,
                node.Mark,
                $"This looks like {what}. A declaration is committed and shown; it refers to secrets only.",
                "revoke it if it was committed",
                $"refer to the new one: {SecretForms}");
        }

        return node;
    }

    private SequenceNode ReadSequence(Mark label, int depth)
    {
        var mark = MarkOf(_parser.Current!);
        var items = new List<Node>();
        while (Next() && _parser.Current is not SequenceEnd && !_tooDeep)
        {
            if (ReadNode(MarkOf(_parser.Current!), depth + 1) is { } item)
                items.Add(item);
        }

        return new SequenceNode(mark, label, items);
    }

    private MappingNode ReadMapping(Mark label, int depth)
    {
        var mark = MarkOf(_parser.Current!);
        var entries = new List<Entry>();
        var seen = new Dictionary<string, Mark>();
        while (Next() && _parser.Current is not MappingEnd && !_tooDeep)
        {
            var keyMark = MarkOf(_parser.Current!);
            var keyNode = ReadNode(keyMark, depth + 1);
            if (_tooDeep)
                break;
            if (keyNode is not ScalarNode key)
            {
                _problems.Add(SpecCodes.MalformedYaml, keyMark, "A key must be a plain word.");
                SkipValue(keyMark, depth);
                continue;
            }

            Next();
            var value = ReadNode(keyMark, depth + 1);
            if (key.Text == "<<")
            {
                _problems.Add(
                    SpecCodes.MergeKey,
                    keyMark,
                    "Merge keys are not read: what a cluster takes over from another must be visible.",
                    "use `inherits` for clusters that resemble each other, and `profiles` for variants of one");
            }
            else if (!seen.TryAdd(key.Text, keyMark))
            {
                _problems.Add(
                    SpecCodes.DuplicateKey,
                    keyMark,
                    $"\"{key.Text}\" stands already in line {seen[key.Text].Line}. Only one of the two would count.",
                    "remove one of them");
            }
            else if (value is not null)
            {
                entries.Add(new Entry(key.Text, keyMark, value));
            }
        }

        return new MappingNode(mark, label, entries);
    }

    private bool Next()
    {
        try
        {
            return _parser.MoveNext();
        }
        catch (InvalidOperationException exception)
        {
            // The scanner of YamlDotNet 16.3 reads beyond its buffer on some texts that are no YAML.
            var position = _scanner.CurrentPosition;
            throw new YamlException(position, position, "The text cannot be read from here on.", exception);
        }
    }

    private void SkipValue(Mark label, int depth)
    {
        Next();
        ReadNode(label, depth + 1);
    }

    private void CheckProperties(NodeEvent node)
    {
        if (!node.Anchor.IsEmpty)
            RefuseAnchor(MarkOf(node), $"The anchor \"&{node.Anchor.Value}\" gives a name to this value.");
        if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific)
            _problems.Add(
                SpecCodes.Tag,
                MarkOf(node),
                "The type of a value follows from its field; tags are not read.",
                "remove the tag");
    }

    private void RefuseAnchor(Mark mark, string what) => _problems.Add(
        SpecCodes.Anchor,
        mark,
        what + " Anchors and aliases are not read: they vanish when the document becomes a Kubernetes object.",
        "use `inherits` for clusters that resemble each other, and `profiles` for variants of one");

    private Mark MarkOf(ParsingEvent parsed)
    {
        var line = (int)parsed.Start.Line;
        var column = (int)parsed.Start.Column;
        var length = parsed switch
        {
            Scalar when parsed.End.Line == parsed.Start.Line => (int)(parsed.End.Column - parsed.Start.Column),
            Scalar => _source.Line(line).Length - column + 1,
            AnchorAlias => (int)(parsed.End.Column - parsed.Start.Column),
            _ => 1,
        };
        return new Mark(_source, line, column, Math.Max(1, length));
    }

    private static Mark MarkAt(SourceText source, YamlDotNet.Core.Mark mark) =>
        new(source, Math.Clamp((int)mark.Line, 1, source.LineCount), Math.Max(1, (int)mark.Column), 1);

    private static string Sentence(string message)
    {
        Invariant.Check(message.Length > 0, "the YAML reader gave no reason");
        return message.EndsWith('.') ? message : message + ".";
    }
}
