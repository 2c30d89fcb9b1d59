using System.Text.Json;

namespace Orrery.Tests.Contracts;

/// <summary>The words that limit sizes: minimum, maxLength, maxItems and their like.</summary>
internal static class Bounds
{
    /// <summary>What is wrong, or null; a word that is not known is noted as unchecked.</summary>
    public static string? Problem(JsonProperty word, JsonElement value, ContractReport report)
    {
        var (size, kind) = word.Name switch
        {
            "minimum" or "maximum" or "multipleOf" or "exclusiveMinimum" or "exclusiveMaximum" =>
                (value.ValueKind == JsonValueKind.Number ? value.GetDecimal() : (decimal?)null, word.Name),
            "minLength" or "maxLength" =>
                (value.ValueKind == JsonValueKind.String ? CodePoints(value.GetString()!) : null, word.Name),
            "minItems" or "maxItems" or "uniqueItems" =>
                (value.ValueKind == JsonValueKind.Array ? value.GetArrayLength() : null, word.Name),
            "minProperties" or "maxProperties" =>
                (value.ValueKind == JsonValueKind.Object ? value.EnumerateObject().Count() : null, word.Name),
            _ => ((decimal?)null, (string?)null),
        };
        if (kind is null)
            report.Unchecked.Add($"the schema word '{word.Name}'");
        if (size is null)
            return null;
        return Holds(word, size.Value, value) ? null : $"{value} breaks {word.Name} {word.Value}";
    }

    private static bool Holds(JsonProperty word, decimal size, JsonElement value) => word.Name switch
    {
        "minimum" or "minLength" or "minItems" or "minProperties" => size >= word.Value.GetDecimal(),
        "maximum" or "maxLength" or "maxItems" or "maxProperties" => size <= word.Value.GetDecimal(),
        "exclusiveMinimum" => size > word.Value.GetDecimal(),
        "exclusiveMaximum" => size < word.Value.GetDecimal(),
        "multipleOf" => size % word.Value.GetDecimal() == 0,
        "uniqueItems" => !word.Value.GetBoolean() || Unique(value),
        _ => throw new System.Diagnostics.UnreachableException(word.Name),
    };

    private static bool Unique(JsonElement array)
    {
        var items = array.EnumerateArray().ToList();
        return items.TrueForAll(item => items.Count(other => JsonElement.DeepEquals(item, other)) == 1);
    }

    private static decimal CodePoints(string text) => text.EnumerateRunes().Count();
}
