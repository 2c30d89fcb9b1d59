using Orrery.Simulation.Kubernetes.Kinds;

namespace Orrery.Simulation.Kubernetes.Shapes;

/// <summary>
/// The shape of whole objects of each kind. A built-in kind without a table entry is unsupported: the server says so.
/// </summary>
internal sealed class ShapeRegistry
{
    private readonly Dictionary<(string ApiVersion, string Kind), Shape> _shapes = [];

    public ShapeRegistry()
    {
        foreach (var kind in KindTable.BuiltIn)
        {
            if (ShapeTable.Instance.Find(StructOf(kind)) is { } shape)
                _shapes[(kind.ApiVersion, kind.Kind)] = WithHead(shape);
        }
    }

    /// <summary>Null for a kind whose fields are not in the tables.</summary>
    public Shape? Find(ResourceKind kind) => _shapes.GetValueOrDefault((kind.ApiVersion, kind.Kind));

    public Shape For(ResourceKind kind) =>
        Find(kind) ?? throw ApiFailure.Unsupported($"objects of {kind.ApiVersion}, Kind={kind.Kind}");

    public void Set(ResourceKind kind, Shape shape) => _shapes[(kind.ApiVersion, kind.Kind)] = WithHead(shape);

    // Two kinds are called Event, and each version of the autoscaler has fields of its own.
    private static string StructOf(ResourceKind kind) => (kind.Kind, kind.ApiVersion) switch
    {
        ("Event", "v1") => "CoreEvent",
        ("HorizontalPodAutoscaler", "autoscaling/v1") => "",
        _ => kind.Kind,
    };

    /// <summary>The same with apiVersion, kind and metadata.</summary>
    private static Shape WithHead(Shape shape)
    {
        var fields = new Dictionary<string, Field>
        {
            ["apiVersion"] = new("apiVersion", Shape.Text, false, null),
            ["kind"] = new("kind", Shape.Text, false, null),
            ["metadata"] = new("metadata", ShapeTable.Instance.Structs["ObjectMeta"], true, null),
        };
        foreach (var (name, field) in shape.Fields)
            fields.TryAdd(name, field);
        return new Shape
        {
            Kind = ShapeKind.Struct,
            Name = shape.Name,
            Fields = fields,
            // A root that keeps what it does not know, and names no field, may hold anything.
            KeepsUnknown = shape.KeepsUnknown || shape.Kind is ShapeKind.Anything or ShapeKind.Map,
        };
    }
}
