using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Model.Values;

namespace Orrery.Providers.Kubernetes.Objects;

/// <summary>Manifests between values and JSON.</summary>
internal static class ManifestJson
{
    /// <summary>Stands in a manifest's record where a sensitive value is left out.</summary>
    private const string Withheld = "orrery.dev/sensitive";

    /// <summary>All of it, sensitive values too: for the API server only.</summary>
    public static JsonNode? ToJson(Value value) => Write(value, withhold: false);

    /// <summary>The same with every sensitive value left out.</summary>
    public static JsonNode? ToRecord(Value value) => Write(value, withhold: true);

    public static bool IsWithheld(JsonNode? node) => node is JsonObject { Count: 1 } map && map.ContainsKey(Withheld);

    public static bool HoldsWithheld(JsonNode? node) => IsWithheld(node) || node switch
    {
        JsonObject map => map.Any(field => HoldsWithheld(field.Value)),
        JsonArray list => list.Any(HoldsWithheld),
        _ => false,
    };

    public static Value ToValue(JsonNode? node)
    {
        switch (node)
        {
            case null:
                return Value.Null.Instance;
            case JsonObject map:
                return new Value.Map(ValueMap.From(
                    map.Select(field => KeyValuePair.Create(field.Key, ToValue(field.Value)))));
            case JsonArray list:
                return Value.ListOf(list.Select(ToValue));
            case JsonValue value when value.TryGetValue<string>(out var text):
                return text;
            case JsonValue value when value.TryGetValue<bool>(out var boolean):
                return boolean;
            default:
                // A number beyond decimal keeps its digits as text; Kubernetes' own schemas have none.
                var digits = node.ToJsonString();
                return decimal.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    ? new Value.Number(number)
                    : new Value.Text(digits);
        }
    }

    /// <summary>The texts of all sensitive values, to take them out of what others say.</summary>
    public static IEnumerable<string> SensitiveTexts(Value value) => value switch
    {
        Value.Sensitive sensitive => Texts(sensitive.Of),
        Value.Map map => map.Fields.Values.SelectMany(SensitiveTexts),
        Value.List list => list.Items.SelectMany(SensitiveTexts),
        _ => [],
    };

    private static IEnumerable<string> Texts(Value value) => value switch
    {
        Value.Text text => [text.Of],
        Value.Sensitive sensitive => Texts(sensitive.Of),
        Value.Map map => map.Fields.Values.SelectMany(Texts),
        Value.List list => list.Items.SelectMany(Texts),
        _ => [],
    };

    private static JsonNode? Write(Value value, bool withhold)
    {
        switch (value)
        {
            case Value.Sensitive when withhold:
                return new JsonObject { [Withheld] = true };
            case Value.Sensitive sensitive:
                return Write(sensitive.Of, withhold);
            case Value.Text text:
                return text.Of;
            case Value.Number number:
                return number.Of;
            case Value.Bool boolean:
                return boolean.Is;
            case Value.List list:
                return new JsonArray([.. list.Items.Select(item => Write(item, withhold))]);
            case Value.Map map:
                var json = new JsonObject();
                foreach (var (name, field) in map.Fields)
                    json[name] = Write(field, withhold);
                return json;
            case Value.Null:
                return null;
            default:
                throw new InvariantException($"a manifest holds {value.GetType().Name}");
        }
    }
}
