using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.GitHub;

/// <summary>One request on its way through a route.</summary>
/// <param name="Caller">Null without a token.</param>
/// <param name="Names">What stands in the path's places, in order.</param>
internal sealed record Exchange(Hub Hub, WorldRequest Request, Caller? Caller, IReadOnlyList<string> Names)
{
    private const int PerPageDefault = 30;
    private const int PerPageMax = 100;

    /// <summary>The repository of the path, as the caller may see it.</summary>
    public Repository Repository =>
        Permission >= GitHubPermission.Read ? Hub.Find(Names[0], Names[1])! : throw Refusal.NotFound();

    public GitHubPermission Permission =>
        Hub.Find(Names[0], Names[1]) is { } found ? Hub.PermissionOf(found, Caller) : GitHubPermission.None;

    /// <summary>
    /// The caller may do this. GitHub hides from users what is not theirs, and tells tokens that they lack a scope.
    /// </summary>
    public Repository Require(GitHubPermission permission)
    {
        var found = Repository;
        if (Permission >= permission)
            return found;
        if (Caller is null)
            throw Refusal.NeedsAuthentication();
        throw Hub.PermissionOf(found, Caller with { Limit = GitHubPermission.Admin }) >= permission
            ? Refusal.NotAccessible()
            : Refusal.NotFound();
    }

    public JsonObject Body()
    {
        try
        {
            return JsonNode.Parse(Request.Body.Span) as JsonObject ?? throw Refusal.BadJson();
        }
        catch (JsonException)
        {
            throw Refusal.BadJson();
        }
    }

    public static string? Text(JsonObject body, string field) => body[field] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        var other => throw Refusal.NotOfType(field, other, "a string"),
    };

    public static bool Flag(JsonObject body, string field) => body[field] switch
    {
        null => false,
        JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False =>
            value.GetValue<bool>(),
        var other => throw Refusal.NotOfType(field, other, "a boolean"),
    };

    public string? Query(string name) => Request.Query.Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(part => part.Split('=', 2)).Where(part => part[0] == name)
        .Select(part => Uri.UnescapeDataString(part[^1].Replace('+', ' '))).LastOrDefault();

    /// <summary>One page of a list, with the Link header where there are more.</summary>
    public Answer Page(IReadOnlyList<JsonObject> items)
    {
        var size = Math.Clamp(NumberOf("per_page", PerPageDefault), 1, PerPageMax);
        var page = Math.Max(1, NumberOf("page", 1));
        var last = Math.Max(1, (items.Count + size - 1) / size);
        var shown = new JsonArray([.. items.Skip((page - 1) * size).Take(size)]);
        if (page >= last)
            return new Answer(200, shown);
        var others = Request.Query.Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Where(part => !part.StartsWith("page=", StringComparison.Ordinal));
        string To(int number, string word)
        {
            var query = string.Join('&', others.Append($"page={number.ToString(CultureInfo.InvariantCulture)}"));
            return $"<https://api.github.com{Request.Path}?{query}>; rel=\"{word}\"";
        }

        return new Answer(200, shown) { Link = $"{To(page + 1, "next")}, {To(last, "last")}" };
    }

    private int NumberOf(string name, int otherwise) =>
        int.TryParse(Query(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}

/// <summary>What a route answers.</summary>
internal sealed record Answer(int Status, JsonNode? Body)
{
    public string? Link { get; init; }

    public string? Location { get; init; }
}
