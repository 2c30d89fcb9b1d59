using System.IO.Compression;
using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Shapes;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Simulation.Kubernetes;

/// <summary>The tables of shapes say the same as the published API.</summary>
public class ShapeContractTests
{
    private readonly HashSet<(Shape, string)> _seen = [];
    private readonly List<string> _problems = [];

    [ContractFact]
    public void Every_shape_in_the_tables_is_that_of_the_published_api()
    {
        var definitions = Definitions();
        var registry = new ShapeRegistry();
        var compared = 0;
        foreach (var kind in KindTable.BuiltIn)
        {
            var name = definitions.FirstOrDefault(pair => IsOf(pair.Value!, kind)).Key;
            if (name is null || registry.Find(kind) is not { } shape)
                continue;
            compared++;
            foreach (var (field, schema) in definitions[name]!["properties"]!.AsObject())
            {
                if (field is "apiVersion" or "kind" or "metadata")
                    continue;
                var path = $"{kind.Kind}.{field}";
                if (shape.Fields.TryGetValue(field, out var own))
                    Compare(own.Shape, (JsonObject)schema!, path, definitions);
                else
                    _problems.Add($"{path} is missing");
            }
        }

        compared.ShouldBeGreaterThan(40);
        _problems.Distinct().ShouldBeEmpty();
    }

    private void Compare(Shape shape, JsonObject schema, string path, JsonObject definitions)
    {
        switch (shape.Kind)
        {
            case ShapeKind.Anything:
                break;
            case ShapeKind.List:
                CompareList(shape, schema, path, definitions);
                break;
            case ShapeKind.Map when schema["additionalProperties"] is JsonObject values:
                Compare(shape.Item!, values, path + "{}", definitions);
                break;
            case ShapeKind.Struct when (string?)schema["$ref"] is { } reference:
                CompareStruct(shape, schema, reference.Split('/')[^1], path, definitions);
                break;
            default:
                if (TypeOf(schema) != shape.Kind)
                    _problems.Add($"{path} is {shape.Kind}, not {schema.ToJsonString()}");
                break;
        }
    }

    private void CompareStruct(Shape shape, JsonObject use, string name, string path, JsonObject definitions)
    {
        var schema = definitions[name]!.AsObject();
        var isAtomic = (string?)schema["x-kubernetes-map-type"] == "atomic"
            || (string?)use["x-kubernetes-map-type"] == "atomic";
        if (shape.IsAtomic != isAtomic)
            _problems.Add($"{path}: atomic is {shape.IsAtomic}");
        if (!_seen.Add((shape, name)))
            return;
        var properties = schema["properties"] as JsonObject ?? [];
        foreach (var missing in properties.Select(pair => pair.Key).Except(shape.Fields.Keys))
            _problems.Add($"{path}.{missing} is missing");
        foreach (var field in shape.Fields.Values)
        {
            if (properties[field.Name] is JsonObject inner)
                Compare(field.Shape, inner, $"{path}.{field.Name}", definitions);
            else
                _problems.Add($"{path}.{field.Name} is too much");
        }
    }

    private void CompareList(Shape shape, JsonObject schema, string path, JsonObject definitions)
    {
        var kind = (string?)schema["x-kubernetes-list-type"] switch
        {
            "map" => ListKind.Map,
            "set" => ListKind.Set,
            _ => ListKind.Atomic,
        };
        var keys = (schema["x-kubernetes-list-map-keys"] as JsonArray ?? []).Select(key => key!.ToString());
        if (shape.ListKind != kind || !shape.Keys.SequenceEqual(keys))
            _problems.Add($"{path} is a {shape.ListKind} of {string.Join(',', shape.Keys)}");
        var merge = (string?)schema["x-kubernetes-patch-merge-key"];
        if (kind != ListKind.Set && shape.MergeKey != merge)
            _problems.Add($"{path} is merged by '{shape.MergeKey}', not '{merge}'");
        Compare(shape.Item!, schema["items"]!.AsObject(), path + "[]", definitions);
    }

    private static ShapeKind TypeOf(JsonObject schema) => ((string?)schema["$ref"])?.Split('.')[^1] switch
    {
        "IntOrString" => ShapeKind.IntegerOrText,
        "Quantity" => ShapeKind.Quantity,
        "Time" or "MicroTime" => ShapeKind.Time,
        _ => (string?)schema["type"] switch
        {
            "string" when (string?)schema["format"] == "byte" => ShapeKind.Bytes,
            "string" => ShapeKind.Text,
            "integer" => ShapeKind.Integer,
            "boolean" => ShapeKind.Boolean,
            "number" => ShapeKind.Number,
            _ => ShapeKind.Struct,
        },
    };

    private static bool IsOf(JsonNode definition, ResourceKind kind) =>
        definition["x-kubernetes-group-version-kind"] is JsonArray { Count: 1 } kinds
        && (string?)kinds[0]!["group"] == kind.Group && (string?)kinds[0]!["version"] == kind.Version
        && (string?)kinds[0]!["kind"] == kind.Kind;

    private static JsonObject Definitions()
    {
        using var file = File.OpenRead(ContractFolder.Of("kubernetes", "swagger-1.36.json.gz"));
        using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        return JsonNode.Parse(unpacked)!["definitions"]!.AsObject();
    }
}
