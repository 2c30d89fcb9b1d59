using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Vault;

/// <summary>What a policy may allow.</summary>
internal enum Capability
{
    Create,
    Read,
    Update,
    Patch,
    Delete,
    List,
    Sudo,
    Deny,
}

/// <summary>One request on its way through a route.</summary>
/// <param name="Path">Below <c>/v1/</c> and decoded: <c>secret/data/a</c>.</param>
/// <param name="Token">Null where the path needs none.</param>
internal sealed record Exchange(Realm Realm, WorldRequest Request, string Path, Token? Token, DateTimeOffset Now)
{
    public bool IsList => Request.Method == "LIST" || (Request.Method == "GET" && Query("list") == "true");

    public bool IsWrite => Request.Method is "POST" or "PUT";

    public string? Query(string name) => Request.Query.Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(part => part.Split('=', 2)).Where(part => part[0] == name)
        .Select(part => Uri.UnescapeDataString(part[^1].Replace('+', ' '))).LastOrDefault();

    public JsonObject Body()
    {
        if (Request.Body.Length == 0)
            return [];
        try
        {
            return JsonNode.Parse(Request.Body.Span) as JsonObject
                ?? throw Refusal.Invalid("failed to parse JSON input: expected an object");
        }
        catch (JsonException)
        {
            throw Refusal.Invalid("failed to parse JSON input: invalid character");
        }
    }

    public static JsonObject? Map(JsonObject body, string field) => body[field] switch
    {
        null => null,
        JsonObject map => map,
        var other => throw WrongType(field, "map", other),
    };

    public static string? Text(JsonObject body, string field) => body[field] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        var other => throw WrongType(field, "string", other),
    };

    public static bool? Flag(JsonObject body, string field) => body[field] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False =>
            value.GetValue<bool>(),
        var other => throw WrongType(field, "boolean", other),
    };

    /// <summary>A list, for which one text with commas stands as well.</summary>
    public static List<string>? Texts(JsonObject body, string field) => body[field] switch
    {
        null => null,
        JsonArray list when list.All(each => each?.GetValueKind() == JsonValueKind.String) =>
            [.. list.Select(each => each!.GetValue<string>())],
        JsonValue value when value.GetValueKind() == JsonValueKind.String =>
            [.. value.GetValue<string>().Split(',', StringSplitOptions.RemoveEmptyEntries)],
        var other => throw WrongType(field, "slice", other),
    };

    /// <summary>A whole number, as such or as text.</summary>
    public static int? Number(JsonObject body, string field) => body[field] switch
    {
        null => null,
        JsonValue value when int.TryParse(
            value.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        var other => throw WrongType(field, "int", other),
    };

    /// <summary>A time in seconds: a number, or a number with its unit.</summary>
    public static int? Seconds(JsonObject body, string field)
    {
        if (body[field] is not JsonValue value || value.GetValueKind() != JsonValueKind.String)
            return Number(body, field);
        var text = value.GetValue<string>();
        var unit = text.Length > 0 ? text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => 0 } : 0;
        var digits = unit == 0 ? text : text[..^1];
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number * Math.Max(unit, 1)
            : throw WrongType(field, "duration", value);
    }

    private static Refusal WrongType(string field, string expected, JsonNode? given) => Refusal.Invalid(
        $"error converting input for field \"{field}\": '' expected a {expected}, got"
        + $" '{given?.GetValueKind().ToString().ToLowerInvariant()}'");
}

/// <summary>What a route answers.</summary>
/// <param name="Data">In the envelope's <c>data</c>; null where there is nothing to say.</param>
internal sealed record Answer(int Status, JsonObject? Data)
{
    public static Answer Nothing { get; } = new(204, null);

    /// <summary>A login's token.</summary>
    public JsonObject? Auth { get; init; }

    /// <summary>Not in an envelope: the older paths of the system.</summary>
    public JsonObject? Bare { get; init; }

    public static Answer Of(JsonObject data) => new(200, data);
}
