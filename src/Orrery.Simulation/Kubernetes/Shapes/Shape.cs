using System.Text.Json.Nodes;

namespace Orrery.Simulation.Kubernetes.Shapes;

/// <summary>What a value may be.</summary>
internal enum ShapeKind
{
    Text,
    Integer,
    Number,
    Boolean,
    IntegerOrText,
    Quantity,
    Bytes,
    Time,
    Anything,
    Struct,
    Map,
    List,
}

/// <summary>How lists are merged when several managers apply them.</summary>
internal enum ListKind
{
    Atomic,
    Set,
    Map,
}

/// <summary>The shape of a value: what may stand in it, and how it is merged.</summary>
internal sealed class Shape
{
    public static readonly Shape Anything = new() { Kind = ShapeKind.Anything };

    public static readonly Shape Text = new() { Kind = ShapeKind.Text };

    public required ShapeKind Kind { get; init; }

    /// <summary>The name of a struct: <c>PodSpec</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>The fields of a struct; more may be added until the table is read.</summary>
    public Dictionary<string, Field> Fields { get; init; } = [];

    /// <summary>Of a map's values or a list's items.</summary>
    public Shape? Item { get; init; }

    public ListKind ListKind { get; init; }

    /// <summary>The members that identify an item of a list that is merged by key.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>The member by which a strategic merge patch finds items; null where the list is replaced.</summary>
    public string? MergeKey { get; init; }

    /// <summary>Replaced as a whole when it is applied.</summary>
    public bool IsAtomic { get; init; }

    /// <summary>Fields that are not declared are kept.</summary>
    public bool KeepsUnknown { get; init; }

    /// <summary>A value is owned as a whole, not member by member.</summary>
    public bool IsLeaf => Kind switch
    {
        ShapeKind.Struct or ShapeKind.Map => IsAtomic,
        ShapeKind.List => ListKind == ListKind.Atomic,
        ShapeKind.Anything => false,
        _ => true,
    };

    /// <summary>The shape of a member, or null where there is none of that name.</summary>
    public Shape? Member(string name) => Kind switch
    {
        ShapeKind.Map => Item,
        ShapeKind.Anything => Anything,
        ShapeKind.Struct when Fields.TryGetValue(name, out var field) => field.Shape,
        ShapeKind.Struct when KeepsUnknown => Anything,
        _ => null,
    };
}

/// <summary>A field of a struct.</summary>
/// <param name="IsAlways">The server writes it even when it is empty.</param>
internal sealed record Field(string Name, Shape Shape, bool IsAlways, JsonNode? Default);
