using System.Text.Json;
using System.Text.RegularExpressions;

namespace Orrery.Tests.Contracts;

/// <summary>
/// Holds JSON values against the schemas of an OpenAPI document (3.0 and 3.1 as far as the vendors use them). Stricter
/// than JSON Schema in one thing: a property that the schema does not name is a violation, unless it allows any.
/// </summary>
internal sealed class SchemaChecker(JsonElement document, ContractReport report)
{
    // They say something to people, not to validators.
    private static readonly HashSet<string> Annotations =
    [
        "description", "title", "example", "examples", "default", "deprecated", "externalDocs", "readOnly", "writeOnly",
        "$comment", "discriminator", "markdownDescription",
    ];

    private static readonly Dictionary<string, Regex> Patterns = [];

    public void Check(JsonElement schema, JsonElement value, string at)
    {
        var problems = new List<string>();
        Collect(schema, value, at, problems);
        CheckNames(schema, value, at, problems);
        report.Violations.AddRange(problems);
    }

    private void Collect(JsonElement schema, JsonElement value, string at, List<string> problems)
    {
        report.Checked++;
        if (schema.ValueKind != JsonValueKind.Object)
        {
            if (schema.ValueKind == JsonValueKind.False)
                problems.Add($"{at}: nothing is allowed here");
            return;
        }

        if (schema.TryGetProperty("$ref", out var reference))
        {
            Collect(Resolve(reference), value, at, problems);
            return;
        }

        if (value.ValueKind == JsonValueKind.Null && schema.TryGetProperty("nullable", out var nullable)
            && nullable.GetBoolean())
            return;
        foreach (var word in schema.EnumerateObject())
            Word(schema, word, value, at, problems);
    }

    private void Word(JsonElement schema, JsonProperty word, JsonElement value, string at, List<string> problems)
    {
        if (Annotations.Contains(word.Name) || word.Name.StartsWith("x-", StringComparison.Ordinal))
            return;
        var problem = word.Name switch
        {
            "type" => JsonTypes.Problem(word.Value, value),
            "enum" => word.Value.EnumerateArray().Any(allowed => JsonElement.DeepEquals(allowed, value))
                ? null
                : $"{value} is not one of {word.Value}",
            "const" => JsonElement.DeepEquals(word.Value, value) ? null : $"{value} is not {word.Value}",
            "required" => Missing(word.Value, value),
            "format" => Formats.Problem(word.Value.GetString() ?? "", value, report),
            "pattern" => Matches(word.Value.GetString() ?? "", value) ? null : $"{value} does not match {word.Value}",
            "nullable" or "items" or "properties" or "patternProperties" or "additionalProperties"
                or "allOf" or "anyOf" or "oneOf" => null,
            _ => Bounds.Problem(word, value, report),
        };
        if (problem is not null)
            problems.Add($"{at}: {problem}");
        Nested(schema, word, value, at, problems);
    }

    private void Nested(JsonElement schema, JsonProperty word, JsonElement value, string at, List<string> problems)
    {
        switch (word.Name)
        {
            case "properties" when value.ValueKind == JsonValueKind.Object:
                foreach (var property in word.Value.EnumerateObject())
                {
                    if (value.TryGetProperty(property.Name, out var inner))
                        Collect(property.Value, inner, $"{at}.{property.Name}", problems);
                }

                break;
            case "patternProperties" when value.ValueKind == JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    foreach (var pattern in word.Value.EnumerateObject().Where(p => IsMatch(p.Name, property.Name)))
                        Collect(pattern.Value, property.Value, $"{at}.{property.Name}", problems);
                }

                break;
            case "additionalProperties" when value.ValueKind == JsonValueKind.Object:
                foreach (var property in value.EnumerateObject().Where(property =>
                    !Declares(schema, property.Name) && !DeclaresPattern(schema, property.Name)))
                    Collect(word.Value, property.Value, $"{at}.{property.Name}", problems);
                break;
            case "items" when value.ValueKind == JsonValueKind.Array:
                foreach (var (index, item) in value.EnumerateArray().Index())
                    Collect(word.Value, item, $"{at}[{index}]", problems);
                break;
            case "allOf":
                foreach (var part in word.Value.EnumerateArray())
                    Collect(part, value, at, problems);
                break;
            case "anyOf" or "oneOf":
                Alternatives(word, value, at, problems);
                break;
        }
    }

    private void Alternatives(JsonProperty word, JsonElement value, string at, List<string> problems)
    {
        var fits = 0;
        var reasons = new List<string>();
        foreach (var part in word.Value.EnumerateArray())
        {
            var inside = new List<string>();
            Collect(part, value, at, inside);
            if (inside.Count == 0)
                fits++;
            reasons.AddRange(inside);
        }

        if (fits == 0)
            problems.Add($"{at}: fits none of {word.Name}: {string.Join("; ", reasons)}");
        else if (fits > 1 && word.Name == "oneOf")
            problems.Add($"{at}: fits {fits} of oneOf");
    }

    // All properties that any part of the schema names; what no part names is the wire's own invention.
    private void CheckNames(JsonElement schema, JsonElement value, string at, List<string> problems)
    {
        var parts = Parts(schema).ToList();
        if (value.ValueKind == JsonValueKind.Object && parts.Exists(part => part.TryGetProperty("properties", out _)))
        {
            foreach (var property in value.EnumerateObject())
            {
                var declared = parts.FirstOrDefault(part => Declares(part, property.Name));
                var inside = $"{at}.{property.Name}";
                if (declared.ValueKind == JsonValueKind.Object)
                {
                    var inner = declared.GetProperty("properties").GetProperty(property.Name);
                    CheckNames(inner, property.Value, inside, problems);
                }
                else if (!parts.Exists(part => part.TryGetProperty("additionalProperties", out _)))
                    problems.Add($"{inside}: is not in the contract");
            }
        }

        if (value.ValueKind != JsonValueKind.Array)
            return;
        foreach (var part in parts.Where(part => part.TryGetProperty("items", out _)))
        {
            foreach (var (index, item) in value.EnumerateArray().Index())
                CheckNames(part.GetProperty("items"), item, $"{at}[{index}]", problems);
        }
    }

    private IEnumerable<JsonElement> Parts(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            return [];
        if (schema.TryGetProperty("$ref", out var reference))
            return Parts(Resolve(reference));
        var inner = new[] { "allOf", "anyOf", "oneOf" }
            .Where(word => schema.TryGetProperty(word, out _))
            .SelectMany(word => schema.GetProperty(word).EnumerateArray().SelectMany(Parts));
        return [schema, .. inner];
    }

    private JsonElement Resolve(JsonElement reference)
    {
        var element = document;
        foreach (var step in reference.GetString()!.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            element = element.GetProperty(name);
        }

        return element;
    }

    private static bool Declares(JsonElement schema, string name) =>
        schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(name, out _);

    private static bool DeclaresPattern(JsonElement schema, string name) =>
        schema.TryGetProperty("patternProperties", out var patterns)
        && patterns.EnumerateObject().Any(pattern => IsMatch(pattern.Name, name));

    private static string? Missing(JsonElement required, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return null;
        var missing = required.EnumerateArray()
            .Select(name => name.GetString()!)
            .Where(name => !value.TryGetProperty(name, out _))
            .ToList();
        return missing.Count == 0 ? null : $"lacks {string.Join(", ", missing)}";
    }

    private static bool Matches(string pattern, JsonElement value) =>
        value.ValueKind != JsonValueKind.String || IsMatch(pattern, value.GetString()!);

    private static bool IsMatch(string pattern, string text)
    {
        if (!Patterns.TryGetValue(pattern, out var regex))
            Patterns[pattern] = regex = new Regex(pattern, RegexOptions.ECMAScript, TimeSpan.FromSeconds(10));
        return regex.IsMatch(text);
    }
}
