using System.Text.Json.Nodes;

namespace Orrery.Simulation.ArgoCd.Syncing;

/// <summary>An operation on one Application, with its attempts.</summary>
internal sealed class Operation
{
    public required JsonObject Wanted { get; init; }

    public required string StartedAt { get; init; }

    public required IReadOnlyList<string> Revisions { get; set; }

    public required SyncRun Run { get; set; }

    public int Retries { get; set; }

    /// <summary>Since the world began; null while an attempt is running.</summary>
    public TimeSpan? RetryAt { get; set; }

    /// <summary>What went wrong last, until the next attempt.</summary>
    public string? RetryMessage { get; set; }

    public JsonObject ToStatus(JsonObject application, string? finishedAt)
    {
        var result = new JsonObject();
        AddRevisions(result, Revisions);
        AddSources(result, application);
        if (Run.Results.Count > 0)
            result["resources"] = new JsonArray([.. Run.Results.Select(ToJson)]);
        var status = new JsonObject
        {
            ["operation"] = Wanted.DeepClone(),
            ["phase"] = finishedAt is null ? "Running" : Run.Phase,
            ["message"] = RetryMessage ?? Run.Message,
            ["startedAt"] = StartedAt,
            ["syncResult"] = result,
        };
        if (Retries > 0)
            status["retryCount"] = Retries;
        if (finishedAt is not null)
            status["finishedAt"] = finishedAt;
        return status;
    }

    /// <summary>One revision for one source, a list for several.</summary>
    public static void AddRevisions(JsonObject target, IReadOnlyList<string> revisions)
    {
        target["revision"] = revisions.Count == 1 ? revisions[0] : "";
        if (revisions.Count > 1)
            target["revisions"] = new JsonArray([.. revisions.Select(each => (JsonNode?)each)]);
    }

    public static void AddSources(JsonObject target, JsonObject application)
    {
        foreach (var field in (string[])["source", "sources"])
        {
            if (application["spec"]?[field] is { } given)
                target[field] = given.DeepClone();
        }
    }

    private static JsonNode ToJson(SyncResult result)
    {
        var entry = new JsonObject
        {
            ["group"] = result.Key.Group,
            ["version"] = result.Version,
            ["kind"] = result.Key.Kind,
            ["namespace"] = result.Key.Namespace,
            ["name"] = result.Key.Name,
            ["message"] = result.Message,
            ["status"] = result.Status,
            ["syncPhase"] = result.HookType ?? "Sync",
        };
        if (result.HookType is not null)
            entry["hookType"] = result.HookType;
        return entry;
    }
}
