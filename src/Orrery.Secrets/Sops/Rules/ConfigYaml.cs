using Orrery.Secrets.Sops.Keys;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Orrery.Secrets.Sops.Rules;

/// <summary>Reads a <c>.sops.yaml</c>, in which people name keys once by an anchor and refer to them.</summary>
internal sealed class ConfigYaml
{
    private const int DepthMax = 32;

    /// <summary>What aliases may multiply a file to: a bomb is refused, and no real file comes near.</summary>
    private const int NodesMax = 100_000;

    private readonly Parser _parser;
    private readonly Dictionary<AnchorName, (MetaNode Node, int Size)> _anchors = [];
    private int _nodes;

    private ConfigYaml(string text) => _parser = new Parser(new StringReader(text));

    public static MetaMap Read(string text)
    {
        try
        {
            return new ConfigYaml(text).Document();
        }
        catch (YamlException exception)
        {
            throw Refused($"line {exception.Start.Line} is no YAML");
        }
        // The scanner of YamlDotNet 16.3 reads beyond its buffer on some texts that are no YAML.
        catch (Exception exception) when (exception
            is InvalidOperationException or ArgumentException or IndexOutOfRangeException or OverflowException
            or NullReferenceException)
        {
            throw Refused("it is no YAML");
        }
    }

    private MetaMap Document()
    {
        while (_parser.MoveNext())
        {
            if (_parser.Current is not DocumentStart)
                continue;
            _parser.MoveNext();
            return Node(0) as MetaMap ?? throw Refused("it is no map");
        }

        return new MetaMap([]);
    }

    private MetaNode Node(int depth)
    {
        var (current, before) = (_parser.Current!, _nodes);
        if (depth > DepthMax)
            throw Refused($"line {current.Start.Line} is nested too deep");
        if (current is AnchorAlias alias)
        {
            if (!_anchors.TryGetValue(alias.Value, out var known))
                throw Refused($"line {current.Start.Line} refers to an anchor that is not there");
            Count(known.Size);
            return known.Node;
        }

        Count(1);
        MetaNode node = current switch
        {
            Scalar scalar => new MetaText(scalar.Value),
            SequenceStart => List(depth),
            _ => Map(depth),
        };
        if (current is NodeEvent { Anchor.IsEmpty: false } anchored)
            _anchors[anchored.Anchor] = (node, _nodes - before);
        return node;
    }

    private void Count(int nodes)
    {
        _nodes += nodes;
        if (_nodes > NodesMax)
            throw Refused("it has too much in it");
    }

    private MetaList List(int depth)
    {
        var items = new List<MetaNode>();
        while (_parser.MoveNext() && _parser.Current is not SequenceEnd)
        {
            // A list within a list, as an alias of a list of keys gives, means its items.
            if (Node(depth + 1) is var item && item is MetaList inner)
                items.AddRange(inner.Items);
            else
                items.Add(item);
        }

        return new MetaList(items);
    }

    private MetaMap Map(int depth)
    {
        var entries = new List<KeyValuePair<string, MetaNode>>();
        while (_parser.MoveNext() && _parser.Current is not MappingEnd)
        {
            var key = (_parser.Current as Scalar)?.Value
                ?? throw Refused($"line {_parser.Current!.Start.Line} has a key that is no text");
            _parser.MoveNext();
            entries.Add(KeyValuePair.Create(key, Node(depth + 1)));
        }

        // What is merged in by << gives way to what is said here.
        return new MetaMap([.. entries.Where(entry => entry.Key == "<<")
            .SelectMany(entry => (entry.Value as MetaMap)?.Entries ?? []).Concat(entries)]);
    }

    private static SopsException Refused(string why) =>
        new(SopsFailure.Rules, $"{CreationRules.FileName} cannot be used: {why}");
}
