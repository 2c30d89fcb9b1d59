using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Shapes;

namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>
/// The shape of a structural schema:
/// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/.
/// </summary>
internal static class SchemaShape
{
    public static Shape From(JsonObject schema)
    {
        if (schema["x-kubernetes-int-or-string"].IsTrue())
            return new Shape { Kind = ShapeKind.IntegerOrText };
        if (schema["x-kubernetes-embedded-resource"].IsTrue() && schema["properties"] is null)
            return Shape.Anything;
        return schema["type"].Text() switch
        {
            "object" => ForObject(schema),
            "array" => ForList(schema),
            "string" => Shape.Text,
            "integer" => new Shape { Kind = ShapeKind.Integer },
            "number" => new Shape { Kind = ShapeKind.Number },
            "boolean" => new Shape { Kind = ShapeKind.Boolean },
            _ => Shape.Anything,
        };
    }

    private static Shape ForObject(JsonObject schema)
    {
        var isAtomic = schema["x-kubernetes-map-type"].Text() == "atomic";
        var keeps = schema["x-kubernetes-preserve-unknown-fields"].IsTrue();
        if (schema["properties"] is not JsonObject properties)
        {
            var item = schema["additionalProperties"] switch
            {
                JsonObject values => From(values),
                JsonNode any when any.IsTrue() => Shape.Anything,
                _ => null,
            };
            return item is not null ? new Shape { Kind = ShapeKind.Map, Item = item, IsAtomic = isAtomic }
                : keeps ? Shape.Anything
                : new Shape { Kind = ShapeKind.Struct, IsAtomic = isAtomic };
        }

        var fields = new Dictionary<string, Field>();
        foreach (var (name, property) in properties)
        {
            if (property is JsonObject inner)
                fields[name] = new Field(name, From(inner), false, inner["default"]?.DeepClone());
        }

        return new Shape { Kind = ShapeKind.Struct, Fields = fields, IsAtomic = isAtomic, KeepsUnknown = keeps };
    }

    private static Shape ForList(JsonObject schema)
    {
        var keys = (schema["x-kubernetes-list-map-keys"] as JsonArray ?? []).Select(key => key.Text() ?? "").ToList();
        return new Shape
        {
            Kind = ShapeKind.List,
            Item = schema["items"] is JsonObject items ? From(items) : Shape.Anything,
            ListKind = schema["x-kubernetes-list-type"].Text() switch
            {
                "map" => ListKind.Map,
                "set" => ListKind.Set,
                _ => ListKind.Atomic,
            },
            Keys = keys,
        };
    }
}
