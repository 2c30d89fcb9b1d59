using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Orrery.Simulation.GitHub;

/// <summary>GitHub says no, in its own words.</summary>
[SuppressMessage("Design", "CA1064", Justification = "It never leaves the world.")]
internal sealed class Refusal : Exception
{
    private const string Documentation = "https://docs.github.com/rest";

    private Refusal(int status, string message)
        : base(message) => Status = status;

    public int Status { get; }

    /// <summary>For 422: what is wrong with each field.</summary>
    public JsonArray? Errors { get; private init; }

    /// <summary>Not JSON but plain text.</summary>
    public bool IsPlainText { get; private init; }

    public static Refusal NoUserAgent() => new(
        403,
        "\nRequest forbidden by administrative rules. Please make sure your request has a User-Agent header.\n")
    {
        IsPlainText = true,
    };

    public static Refusal BadJson() => new(400, "Problems parsing JSON");

    public static Refusal BadCredentials() => new(401, "Bad credentials");

    public static Refusal NeedsAuthentication() => new(401, "Requires authentication");

    public static Refusal NotAccessible() => new(403, "Resource not accessible by personal access token");

    public static Refusal RateLimited(string who) =>
        new(403, $"API rate limit exceeded for {who}. Wait until your limit resets.");

    public static Refusal NotFound() => new(404, "Not Found");

    public static Refusal ServerError() => new(502, "Server Error");

    public static Refusal Missing(string field) => new(422, $"Invalid request.\n\n\"{field}\" wasn't supplied.");

    public static Refusal NotOfType(string field, JsonNode? given, string type) =>
        new(422, $"Invalid request.\n\nFor '{field}', {given?.ToJsonString() ?? "nil"} is not {type}.");

    public static Refusal Invalid(string resource, string code, string? field, string? message = null)
    {
        var error = new JsonObject { ["resource"] = resource, ["code"] = code };
        if (field is not null)
            error["field"] = field;
        if (message is not null)
            error["message"] = message;
        return new Refusal(422, "Validation Failed") { Errors = [error] };
    }

    public JsonObject ToJson()
    {
        var reply = new JsonObject { ["message"] = Message, ["documentation_url"] = Documentation };
        if (Errors is not null)
            reply["errors"] = Errors.DeepClone();
        else if (Status != 422)
            reply["status"] = Status.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return reply;
    }
}
