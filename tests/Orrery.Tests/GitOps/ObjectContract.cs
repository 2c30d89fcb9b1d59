using System.Text.Json;
using Orrery.Model.Values;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.GitOps;

/// <summary>
/// Holds Kubernetes objects against the strict schemas of their kinds, and values against those of charts.
/// </summary>
internal static class ObjectContract
{
    private static readonly Lazy<JsonElement> Definitions =
        new(() => Read("kubernetes", "definitions-1.36-strict.json"));
    private static readonly Lazy<JsonElement> Kinds = new(() => Read("kubernetes", "kinds-1.36.json"));
    private static readonly Lazy<JsonElement> Custom = new(() => Read("crds", "index.json"));

    public static void Holds(Value manifest)
    {
        var value = JsonOf(manifest);
        var apiVersion = value.GetProperty("apiVersion").GetString()!;
        var kind = value.GetProperty("kind").GetString()!;
        if (Kinds.Value.TryGetProperty($"{apiVersion}/{kind}", out var pointer))
        {
            using var reference = JsonDocument.Parse($$"""{"$ref": "{{pointer.GetString()}}"}""");
            Check(Definitions.Value, reference.RootElement, value, kind);
            return;
        }

        var (group, version) = (apiVersion.Split('/')[0], apiVersion.Split('/')[^1]);
        var custom = Custom.Value.EnumerateArray().FirstOrDefault(entry =>
            Is(entry, "group", group) && Is(entry, "kind", kind) && Is(entry, "version", version));
        custom.ValueKind.ShouldBe(JsonValueKind.Object, $"no contract has {apiVersion} {kind}");
        var schema = Read("crds", custom.GetProperty("file").GetString()!);
        Check(schema, schema, value, kind);
    }

    public static void HoldsAsValuesOf(string chart, Value values)
    {
        var schema = Read("charts", "values-schema", $"{chart}.values.schema.json");
        Check(schema, schema, JsonOf(values), chart);
    }

    public static JsonElement Read(params string[] parts)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(ContractFolder.Of(parts)));
        return document.RootElement.Clone();
    }

    public static JsonElement JsonOf(Value value) => JsonSerializer.SerializeToElement(Plain(value));

    private static void Check(JsonElement document, JsonElement schema, JsonElement value, string at)
    {
        var report = new ContractReport();
        new SchemaChecker(document, report).Check(schema, value, at);
        report.Violations.ShouldBeEmpty();
        report.Checked.ShouldBePositive();
    }

    private static bool Is(JsonElement entry, string field, string text) =>
        // Some definitions are listed by the singular of their kind.
        string.Equals(entry.GetProperty(field).GetString(), text, StringComparison.OrdinalIgnoreCase);

    private static object? Plain(Value value) => value switch
    {
        Value.Map map => map.Fields.ToDictionary(field => field.Key, field => Plain(field.Value)),
        Value.List list => list.Items.Select(Plain).ToArray(),
        Value.Text text => text.Of,
        Value.Bool of => of.Is,
        Value.Number of => of.Of,
        Value.Sensitive sensitive => Plain(sensitive.Of),
        _ => null,
    };
}
