using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Simulation.Kubernetes.Kinds;

namespace Orrery.Simulation.Kubernetes.Shapes;

/// <summary>Reads the tables of shapes, whose head says their format.</summary>
internal sealed class ShapeTable
{
    private static readonly string[] Files =
        ["core.txt", "pods.txt", "volumes.txt", "apps.txt", "policies.txt", "extensions.txt"];

    private readonly Dictionary<string, Shape> _structs = [];

    private ShapeTable()
    {
        var lines = Files.SelectMany(TableFile.Lines).ToList();
        foreach (var head in lines.Where(line => !line.StartsWith(' ')))
        {
            var words = head.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            _structs.Add(words[0], new Shape
            {
                Kind = ShapeKind.Struct,
                Name = words[0],
                IsAtomic = words.Contains("atomic"),
            });
        }

        var current = Shape.Anything;
        foreach (var line in lines)
        {
            if (!line.StartsWith(' '))
                current = _structs[line.Split(' ')[0]];
            else if (line.TrimStart().StartsWith("...", StringComparison.Ordinal))
                Include(current, line.Trim()[3..]);
            else
                Add(current, ReadField(line.Trim()));
        }
    }

    public static ShapeTable Instance { get; } = new();

    public IReadOnlyDictionary<string, Shape> Structs => _structs;

    public Shape? Find(string name) => _structs.GetValueOrDefault(name);

    private static void Add(Shape shape, Field field) => shape.Fields.Add(field.Name, field);

    /// <summary>All the fields of another struct, which comes before.</summary>
    private void Include(Shape shape, string other)
    {
        foreach (var field in _structs[other].Fields.Values)
            Add(shape, field);
    }

    private Field ReadField(string line)
    {
        JsonNode? given = null;
        if (line.Split(" =", 2) is [var before, var text])
        {
            given = JsonNode.Parse(text);
            line = before;
        }

        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new Field(words[0], ReadShape(words[1], words.AsSpan(2)), words.Contains("always"), given);
    }

    private Shape ReadShape(string type, ReadOnlySpan<string> attributes)
    {
        if (type.StartsWith("[]", StringComparison.Ordinal))
            return ReadList(type[2..], attributes);
        if (type.StartsWith('{'))
        {
            return new Shape
            {
                Kind = ShapeKind.Map,
                Item = ReadShape(type[1..^1], []),
                IsAtomic = attributes.Contains("atomic"),
            };
        }

        var simple = Simple(type);
        if (simple is not null)
            return new Shape { Kind = simple.Value };
        var shape = _structs.GetValueOrDefault(type)
            ?? throw new InvariantException($"the shape '{type}' is not in the table");
        return attributes.Contains("atomic") && !shape.IsAtomic
            ? new Shape { Kind = ShapeKind.Struct, Name = shape.Name, Fields = shape.Fields, IsAtomic = true }
            : shape;
    }

    private Shape ReadList(string item, ReadOnlySpan<string> attributes)
    {
        var (kind, merge) = (ListKind.Atomic, (string?)null);
        IReadOnlyList<string> keys = [];
        foreach (var attribute in attributes)
        {
            if (attribute == "set")
                (kind, merge) = (ListKind.Set, "");
            if (attribute.StartsWith("map=", StringComparison.Ordinal))
                (kind, keys) = (ListKind.Map, attribute[4..].Split(','));
        }

        merge ??= keys.Count > 0 ? keys[0] : null;
        foreach (var attribute in attributes)
        {
            if (attribute.StartsWith("merge=", StringComparison.Ordinal))
                merge = attribute[6..] == "none" ? null : attribute[6..];
        }

        return new Shape
        {
            Kind = ShapeKind.List,
            Item = ReadShape(item, []),
            ListKind = kind,
            Keys = keys,
            MergeKey = merge,
        };
    }

    private static ShapeKind? Simple(string type) => type switch
    {
        "text" => ShapeKind.Text,
        "int" => ShapeKind.Integer,
        "number" => ShapeKind.Number,
        "bool" => ShapeKind.Boolean,
        "intOrText" => ShapeKind.IntegerOrText,
        "quantity" => ShapeKind.Quantity,
        "bytes" => ShapeKind.Bytes,
        "time" => ShapeKind.Time,
        "any" => ShapeKind.Anything,
        _ => null,
    };
}
