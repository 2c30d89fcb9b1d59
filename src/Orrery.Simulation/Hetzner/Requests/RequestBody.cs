using System.Text.Json;
using Orrery.Model.Values;

namespace Orrery.Simulation.Hetzner.Requests;

/// <summary>
/// The JSON body of a request. Each look-up notes what is wrong with its field; <see cref="Check"/> refuses them all at
/// once.
/// </summary>
internal sealed class RequestBody
{
    private readonly JsonElement _root;
    private readonly List<FieldProblem> _problems = [];

    private RequestBody(JsonElement root) => _root = root;

    public static RequestBody Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
            throw Refusal.JsonError();
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new RequestBody(document.RootElement.Clone())
                : throw Refusal.JsonError();
        }
        catch (JsonException)
        {
            throw Refusal.JsonError();
        }
    }

    /// <summary>The same reader for an object inside, whose problems count here as well.</summary>
    public static RequestBody Inside(JsonElement element) => new(element);

    public bool Has(string field) => Find(field) is not null;

    public void Problem(string field, string message) => _problems.Add(new FieldProblem(field, message));

    /// <summary>Refuses the request when anything was noted.</summary>
    public void Check()
    {
        if (_problems.Count > 0)
            throw Refusal.Invalid(_problems);
    }

    public string RequiredText(string field)
    {
        if (Text(field) is { Length: > 0 } text)
            return text;
        if (_problems.All(problem => problem.Name != field))
            Problem(field, Has(field) ? "is too short" : "Missing data for required field.");
        return "";
    }

    public string? Text(string field) => Take(field, JsonValueKind.String, "Not a valid string.")?.GetString();

    /// <summary>The vendor's names of types, images and keys may as well be ids, as text or as numbers.</summary>
    public string? NameOrId(string field) => Find(field) is { ValueKind: JsonValueKind.Number } number
        ? number.GetRawText()
        : Text(field);

    public string RequiredNameOrId(string field) =>
        NameOrId(field) is { Length: > 0 } given ? given : RequiredText(field);

    public long? Number(string field) =>
        Find(field) is not { ValueKind: not JsonValueKind.Null } element ? null
        : element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var value) ? value
        : Noted(field, "Not a valid integer.");

    public bool? Flag(string field)
    {
        if (Find(field) is not { } element || element.ValueKind == JsonValueKind.Null)
            return null;
        if (element.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return element.GetBoolean();
        Problem(field, "Not a valid boolean.");
        return null;
    }

    public IReadOnlyList<JsonElement>? Items(string field) =>
        Take(field, JsonValueKind.Array, "Not a valid list.") is { } array ? [.. array.EnumerateArray()] : null;

    public IReadOnlyList<long> Numbers(string field)
    {
        var numbers = new List<long>();
        foreach (var item in Items(field) ?? [])
        {
            if (item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var value))
                numbers.Add(value);
            else
                Problem(field, "Not a valid integer.");
        }

        return numbers;
    }

    public RequestBody? Object(string field) =>
        Take(field, JsonValueKind.Object, "Not a valid object.") is { } inner ? new RequestBody(inner) : null;

    /// <summary>Null when the request does not speak of labels.</summary>
    public ValueMap<string>? Labels()
    {
        if (Take("labels", JsonValueKind.Object, "Not a valid object.") is not { } given)
            return null;
        var labels = new Dictionary<string, string>();
        foreach (var label in given.EnumerateObject())
        {
            if (label.Value.ValueKind != JsonValueKind.String)
                Problem("labels", $"value of label '{label.Name}' is not a string");
            else if (NameRules.LabelProblem(label.Name, label.Value.GetString() ?? "") is { } problem)
                Problem("labels", problem);
            else
                labels[label.Name] = label.Value.GetString() ?? "";
        }

        return ValueMap.From(labels);
    }

    private JsonElement? Find(string field) => _root.TryGetProperty(field, out var element) ? element : null;

    private JsonElement? Take(string field, JsonValueKind kind, string message)
    {
        if (Find(field) is not { } element || element.ValueKind == JsonValueKind.Null)
            return null;
        if (element.ValueKind == kind)
            return element;
        Problem(field, message);
        return null;
    }

    private long? Noted(string field, string message)
    {
        Problem(field, message);
        return null;
    }
}
