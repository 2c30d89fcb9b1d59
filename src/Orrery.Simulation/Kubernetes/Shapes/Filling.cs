using System.Text.Json.Nodes;

namespace Orrery.Simulation.Kubernetes.Shapes;

/// <summary>Adds what the server always writes, and the defaults of the tables.</summary>
internal static class Filling
{
    /// <summary>Members that are written even when empty: structs, and scalars and lists without a value.</summary>
    public static void FillEmpty(JsonNode? value, Shape shape) => Visit(value, shape, static (members, field) =>
    {
        if (field.IsAlways && !members.ContainsKey(field.Name))
            members[field.Name] = Empty(field.Shape);
    });

    public static void FillDefaults(JsonNode? value, Shape shape) => Visit(value, shape, static (members, field) =>
    {
        if (field.Default is not null && (!members.ContainsKey(field.Name) || members[field.Name] is null))
            members[field.Name] = field.Default.DeepClone();
    });

    private static void Visit(JsonNode? value, Shape shape, Action<JsonObject, Field> fill)
    {
        if (value is JsonObject members && shape.Kind == ShapeKind.Struct)
        {
            foreach (var field in shape.Fields.Values)
            {
                fill(members, field);
                if (members[field.Name] is { } member)
                    Visit(member, field.Shape, fill);
            }
        }
        else if (value is JsonObject map && shape.Kind == ShapeKind.Map)
        {
            foreach (var (_, member) in map)
                Visit(member, shape.Item ?? Shape.Anything, fill);
        }
        else if (value is JsonArray list && shape.Kind == ShapeKind.List)
        {
            foreach (var item in list)
                Visit(item, shape.Item ?? Shape.Anything, fill);
        }
    }

    private static JsonNode? Empty(Shape shape) => shape.Kind switch
    {
        ShapeKind.Struct => new JsonObject(),
        ShapeKind.Text => JsonValue.Create(""),
        ShapeKind.Integer => JsonValue.Create(0),
        ShapeKind.Boolean => JsonValue.Create(false),
        _ => null,
    };
}
