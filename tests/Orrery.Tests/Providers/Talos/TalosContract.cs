using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Providers.Talos;

/// <summary>What Talos publishes of its configuration: schemas, and documents with what becomes of them.</summary>
internal static class TalosContract
{
    private static readonly Dictionary<string, JsonDocument> Schemas = [];

    /// <summary>A file below <c>pkg/machinery</c> of its repository.</summary>
    public static string Machinery(params string[] parts) =>
        ContractFolder.Of(["talos", "testdata", "pkg", "machinery", .. parts]);

    /// <summary>Holds each document against the schema of a version, such as <c>1.9</c>.</summary>
    public static void ShouldFit(string version, IEnumerable<Value> documents)
    {
        var root = SchemaOf(version).RootElement;
        foreach (var document in documents)
        {
            var report = new ContractReport();
            var definition = DefinitionOf(root, (Value.Map)document);
            using var json = JsonDocument.Parse(JsonOf(document)?.ToJsonString() ?? "null");
            new SchemaChecker(root, report).Check(definition, json.RootElement, NameOf((Value.Map)document));
            report.Violations.ShouldBeEmpty(version);
            report.Unchecked.ShouldBeEmpty(version);
        }
    }

    public static string NameOf(Value.Map document) => document["kind"].AsText() ?? "v1alpha1";

    public static JsonNode? JsonOf(Value value) => value switch
    {
        Value.Sensitive sensitive => JsonOf(sensitive.Of),
        Value.Text text => JsonValue.Create(text.Of),
        Value.Number number => JsonValue.Create(number.Of),
        Value.Bool boolean => JsonValue.Create(boolean.Is),
        Value.List list => new JsonArray([.. list.Items.Select(JsonOf)]),
        Value.Map map => new JsonObject(
            map.Fields.Select(field => KeyValuePair.Create(field.Key, JsonOf(field.Value)))),
        _ => null,
    };

    /// <summary>The value in clear without what says nothing, as Go leaves it out; null where that is all.</summary>
    public static Value? Plain(Value value) => value switch
    {
        Value.Sensitive sensitive => Plain(sensitive.Of),
        Value.Null or Value.Text { Of: "" } => null,
        Value.Text text => text.Of.TrimStart('\n'),
        Value.List list => list.Items.Select(Plain).OfType<Value>().ToValueList() is { Count: > 0 } items
            ? new Value.List(items)
            : null,
        Value.Map map => Fields(map) is { Count: > 0 } fields ? new Value.Map(fields) : null,
        _ => value,
    };

    private static ValueMap<Value> Fields(Value.Map map) => ValueMap.From(
        from field in map.Fields
        let kept = Plain(field.Value)
        where kept is not null
        select KeyValuePair.Create(field.Key, kept));

    /// <summary>The definition of the document's kind: held against all, nobody would see what is wrong.</summary>
    private static JsonElement DefinitionOf(JsonElement root, Value.Map document)
    {
        var kind = document["kind"].AsText();
        foreach (var definition in root.GetProperty("oneOf").EnumerateArray()
            .Select(each => each.GetProperty("$ref").GetString()!.Split('/')[^1])
            .Select(name => root.GetProperty("$defs").GetProperty(name)))
        {
            var properties = definition.GetProperty("properties");
            var kinds = properties.TryGetProperty("kind", out var named)
                && named.TryGetProperty("enum", out var allowed)
                ? allowed.EnumerateArray().Select(each => each.GetString()).ToList()
                : [];
            if (kind is null ? kinds.Count == 0 && properties.TryGetProperty("version", out _) : kinds.Contains(kind))
                return definition;
        }

        throw new KeyNotFoundException($"the schema has no {kind}");
    }

    private static JsonDocument SchemaOf(string version)
    {
        lock (Schemas)
        {
            var file = version == "1.13" ? "1.13.9" : version;
            if (!Schemas.TryGetValue(file, out var schema))
            {
                var path = ContractFolder.Of("talos", $"config.schema.v{file}.json");
                Schemas[file] = schema = JsonDocument.Parse(File.ReadAllBytes(path));
            }

            return schema;
        }
    }
}
