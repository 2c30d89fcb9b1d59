using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>Holds a custom resource against its structural schema, with the real server's words.</summary>
internal sealed class SchemaValidation(List<FieldProblem> problems)
{
    private static readonly TimeSpan PatternLimit = TimeSpan.FromSeconds(1);

    /// <param name="old">What stood there before, for rules about changes; null where nothing did.</param>
    public void Check(JsonNode? value, JsonObject schema, string path, JsonNode? old = null)
    {
        if (value is null)
        {
            if (path.Length > 0 && !schema["nullable"].IsTrue() && schema["type"] is not null)
                TypeProblem(path, "null", schema["type"].Text() ?? "");
            return;
        }

        if (!HasType(value, schema, path))
            return;
        CheckEnum(value, schema, path);
        switch (value)
        {
            case JsonObject members:
                CheckMembers(members, schema, path, old);
                break;
            case JsonArray list:
                CheckItems(list, schema, path, old as JsonArray);
                break;
            default:
                if (value.Text() is { } text)
                    CheckText(text, schema, path);
                else if (value.GetValueKind() == JsonValueKind.Number)
                    CheckNumber(value, schema, path);
                break;
        }

        CheckAlternatives(value, schema, path);
        ValidationRules.Check(value, old, (schema, path), problems);
    }

    private void CheckMembers(JsonObject members, JsonObject schema, string path, JsonNode? old)
    {
        foreach (var required in schema["required"] as JsonArray ?? [])
        {
            if (required.Text() is { } name && !members.ContainsKey(name))
                problems.Add(FieldProblem.Required(Inner(path, name)));
        }

        var properties = schema["properties"] as JsonObject;
        foreach (var (name, member) in members)
        {
            if (path.Length == 0 && name is "apiVersion" or "kind" or "metadata")
                continue;
            if (properties?[name] is JsonObject known)
                Check(member, known, Inner(path, name), old.At(name));
            else if (schema["additionalProperties"] is JsonObject values)
                Check(member, values, Inner(path, name), old.At(name));
        }

        CheckCount(members.Count, schema, path, "Properties", "properties");
    }

    private void CheckItems(JsonArray list, JsonObject schema, string path, JsonArray? old)
    {
        CheckCount(list.Count, schema, path, "Items", "items");
        var keys = (schema["x-kubernetes-list-map-keys"] as JsonArray ?? []).Select(key => key.Text() ?? "").ToList();
        if (schema["items"] is JsonObject items)
        {
            for (var i = 0; i < list.Count; i++)
                Check(list[i], items, $"{path}[{i}]", Before(list[i], old, keys));
        }

        if (schema["x-kubernetes-list-type"].Text() is not ("map" or "set"))
            return;
        var seen = new HashSet<string>();
        for (var i = 0; i < list.Count; i++)
        {
            JsonNode? identity = keys.Count == 0
                ? list[i]
                : new JsonObject(keys.Select(key => KeyValuePair.Create(key, list[i].At(key)?.DeepClone())));
            if (!seen.Add(JsonText.Of(identity)))
                problems.Add(FieldProblem.Duplicate($"{path}[{i}]", identity));
        }
    }

    // Only items with keys can be found again.
    private static JsonNode? Before(JsonNode? item, JsonArray? old, List<string> keys) => keys.Count == 0
        ? null
        : old?.FirstOrDefault(each => keys.TrueForAll(key => JsonNode.DeepEquals(each.At(key), item.At(key))));

    private void CheckCount(int count, JsonObject schema, string path, string word, string noun)
    {
        if (schema["min" + word].Number() is { } min && count < min)
            problems.Add(FieldProblem.Invalid(path, count, $"{path} in body should have at least {min} {noun}"));
        if (schema["max" + word].Number() is { } max && count > max)
        {
            problems.Add(new FieldProblem(
                "FieldValueTooMany", path, $"Too many: {count}: must have at most {max} items"));
        }
    }

    private void CheckEnum(JsonNode value, JsonObject schema, string path)
    {
        if (schema["enum"] is not JsonArray allowed || allowed.Any(each => JsonNode.DeepEquals(each, value)))
            return;
        problems.Add(FieldProblem.NotSupported(path, value, allowed.Select(each => each.Text() ?? JsonText.Of(each))));
    }

    private void CheckText(string text, JsonObject schema, string path)
    {
        var length = text.EnumerateRunes().Count();
        if (schema["minLength"].Number() is { } min && length < min)
            Invalid(path, text, $"should be at least {min} chars long");
        if (schema["maxLength"].Number() is { } max && length > max)
            problems.Add(new FieldProblem("FieldValueTooLong", path, $"Too long: may not be more than {max} bytes"));
        if (schema["pattern"].Text() is { } pattern && !Regex.IsMatch(text, pattern, RegexOptions.None, PatternLimit))
            Invalid(path, text, $"should match '{pattern}'");
        var isDate = schema["format"].Text() == "date-time";
        if (isDate && !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _))
            Invalid(path, text, "must be of type date-time: \"" + text + "\"");
    }

    private void CheckNumber(JsonNode value, JsonObject schema, string path)
    {
        var number = Decimal(value);
        if (Limit(schema, "minimum") is { } min)
        {
            var isExclusive = schema["exclusiveMinimum"].IsTrue();
            if (number < min || (isExclusive && number == min))
                Invalid(path, value, $"should be greater than {(isExclusive ? "" : "or equal to ")}{min}");
        }

        if (Limit(schema, "maximum") is { } max)
        {
            var isExclusive = schema["exclusiveMaximum"].IsTrue();
            if (number > max || (isExclusive && number == max))
                Invalid(path, value, $"should be less than {(isExclusive ? "" : "or equal to ")}{max}");
        }

        if (Limit(schema, "multipleOf") is { } unit && unit != 0 && number % unit != 0)
            Invalid(path, value, $"should be a multiple of {unit}");
    }

    private void CheckAlternatives(JsonNode value, JsonObject schema, string path)
    {
        bool Holds(JsonNode? option)
        {
            var found = new List<FieldProblem>();
            new SchemaValidation(found).Check(value, option as JsonObject ?? [], path);
            return found.Count == 0;
        }

        if (schema["oneOf"] is JsonArray one && one.Count(Holds) != 1)
        {
            problems.Add(FieldProblem.Invalid(
                path, value, $"\"{path}\" must validate one and only one schema (oneOf)"));
        }

        if (schema["anyOf"] is JsonArray any && !schema["x-kubernetes-int-or-string"].IsTrue() && !any.Any(Holds))
            problems.Add(FieldProblem.Invalid(path, value, $"\"{path}\" must validate at least one schema (anyOf)"));
        if (schema["allOf"] is JsonArray all && !schema["x-kubernetes-int-or-string"].IsTrue() && !all.All(Holds))
            problems.Add(FieldProblem.Invalid(path, value, $"\"{path}\" must validate all the schemas (allOf)"));
        if (schema["not"] is JsonObject not && Holds(not))
            problems.Add(FieldProblem.Invalid(path, value, $"\"{path}\" must not validate the schema (not)"));
    }

    private bool HasType(JsonNode value, JsonObject schema, string path)
    {
        var kind = value.GetValueKind();
        if (schema["x-kubernetes-int-or-string"].IsTrue())
            return kind is JsonValueKind.String or JsonValueKind.Number;
        var fits = schema["type"].Text() switch
        {
            "object" => kind == JsonValueKind.Object,
            "array" => kind == JsonValueKind.Array,
            "string" => kind == JsonValueKind.String,
            "integer" => kind == JsonValueKind.Number && value.Number() is not null,
            "number" => kind == JsonValueKind.Number,
            "boolean" => kind is JsonValueKind.True or JsonValueKind.False,
            _ => true,
        };
        if (!fits)
            TypeProblem(path, NameOf(kind), schema["type"].Text() ?? "");
        return fits;
    }

    private void TypeProblem(string path, string given, string wanted) => problems.Add(new FieldProblem(
        "FieldValueTypeInvalid", path,
        $"Invalid value: \"{given}\": {path} in body must be of type {wanted}: \"{given}\""));

    private void Invalid(string path, JsonNode value, string why) =>
        problems.Add(FieldProblem.Invalid(path, value, $"{path} in body {why}"));

    private static string NameOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.Null => "null",
        _ => "boolean",
    };

    private static decimal? Limit(JsonObject schema, string word) => schema[word] is { } limit ? Decimal(limit) : null;

    private static decimal Decimal(JsonNode value) =>
        decimal.Parse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static string Inner(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
