using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Orrery.Secrets.Guard.Documents;

/// <summary>
/// Reads YAML and JSON of anybody: as far as it can be read, and never more than a bounded part. What is no YAML, such
/// as a template, ends it.
/// </summary>
internal sealed class ObjectYaml
{
    private const int DepthMax = 64;
    private const int NodesMax = 1_000_000;

    private readonly Parser _parser;
    private readonly Dictionary<AnchorName, ObjectNode> _anchors = [];
    private int _nodes;

    private ObjectYaml(string text) => _parser = new Parser(new StringReader(text));

    /// <summary>The documents that are maps, up to the first that cannot be read.</summary>
    public static IReadOnlyList<ObjectMap> Read(string text)
    {
        var documents = new List<ObjectMap>();
        try
        {
            // JSON may be indented with tabs, which YAML does not allow.
            new ObjectYaml(text.Replace('\t', ' ')).Read(documents);
        }
        // The scanner of YamlDotNet 16.3 reads beyond its buffer on some texts that are no YAML.
        catch (Exception exception) when (exception
            is YamlException or InvalidOperationException or ArgumentException or IndexOutOfRangeException
            or OverflowException or NullReferenceException)
        {
            return documents;
        }

        return documents;
    }

    private void Read(List<ObjectMap> documents)
    {
        while (_parser.MoveNext())
        {
            if (_parser.Current is not DocumentStart)
                continue;
            _anchors.Clear();
            _parser.MoveNext();
            if (Node(0) is ObjectMap map)
                documents.Add(map);
        }
    }

    private ObjectNode Node(int depth)
    {
        var current = _parser.Current!;
        if (depth > DepthMax || ++_nodes > NodesMax)
            throw new InvalidOperationException("too much");
        var (line, column) = ((int)current.Start.Line, (int)current.Start.Column);
        if (current is AnchorAlias alias)
            return _anchors.GetValueOrDefault(alias.Value) ?? new ObjectText("", line, column);
        ObjectNode node = current switch
        {
            Scalar scalar => new ObjectText(scalar.Value, line, column),
            SequenceStart => List(depth, line, column),
            _ => Map(depth, line, column),
        };
        if (current is NodeEvent { Anchor.IsEmpty: false } anchored)
            _anchors[anchored.Anchor] = node;
        return node;
    }

    private ObjectList List(int depth, int line, int column)
    {
        var items = new List<ObjectNode>();
        while (_parser.MoveNext() && _parser.Current is not SequenceEnd)
            items.Add(Node(depth + 1));
        return new ObjectList(items, line, column);
    }

    private ObjectMap Map(int depth, int line, int column)
    {
        var entries = new List<KeyValuePair<string, ObjectNode>>();
        while (_parser.MoveNext() && _parser.Current is not MappingEnd)
        {
            var key = Node(depth + 1) is ObjectText text ? text.Text : "";
            _parser.MoveNext();
            entries.Add(KeyValuePair.Create(key, Node(depth + 1)));
        }

        return new ObjectMap(entries, line, column);
    }
}
