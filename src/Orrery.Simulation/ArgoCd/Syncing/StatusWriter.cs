using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd.Rendering;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.ArgoCd.Syncing;

/// <summary>Writes what is known of an Application into it, where it differs from what stands there.</summary>
internal sealed class StatusWriter(ClusterStore store)
{
    private const string Refresh = "argocd.argoproj.io/refresh";
    private const int HistoryMax = 10;

    /// <summary>Also takes the mark away with which somebody asked for a look.</summary>
    /// <param name="before">The Application as stored: it is not changed.</param>
    /// <param name="isFirst">Nothing was known of it: then it is written when it was looked at, whatever was
    /// seen.</param>
    public void Write(JsonObject before, Compared compared, string? syncError, bool isFirst = false)
    {
        var application = before.Copy();
        (application.At("metadata", "annotations") as JsonObject)?.Remove(Refresh);
        if (application.At("metadata", "annotations") is JsonObject { Count: 0 })
            application.Child("metadata").Remove("annotations");
        var status = application.Child("status");
        WriteSync(application, status, compared);
        var health = status.Child("health");
        var word = compared.Health.ToString();
        if (health["status"].Text() != word)
        {
            health["status"] = word;
            health["lastTransitionTime"] = store.Now;
        }

        status["resources"] = new JsonArray([.. compared.Pairs.Where(pair => !pair.IsHook)
            .OrderBy(pair => pair.Key.ToString(), StringComparer.Ordinal).Select(Resource)]);
        WriteConditions(status, compared, syncError);
        status["resourceHealthSource"] = "appTree";
        if (compared.Rendered is { } rendered)
        {
            status["sourceType"] = rendered.Types.Count == 1 ? rendered.Types[0] : "";
            if (rendered.Types.Count > 1)
                status["sourceTypes"] = new JsonArray([.. rendered.Types.Select(type => (JsonNode?)type)]);
            var images = Images.Of(compared.Pairs.Select(pair => pair.Live).OfType<JsonObject>());
            status["summary"] =
                new JsonObject { ["images"] = new JsonArray([.. images.Select(image => (JsonNode?)image)]) };
        }

        Save(before, application, isFirst);
    }

    /// <summary>The state of an operation; one that is over leaves the request and enters the history.</summary>
    public void WriteOperation(JsonObject application, Operation operation, bool isOver)
    {
        var before = application.Copy();
        var status = application.Child("status");
        status["operationState"] = operation.ToStatus(application, isOver ? store.Now : null);
        if (isOver)
        {
            application.Remove("operation");
            if (operation.Run.Phase == "Succeeded")
                AddHistory(application, status, operation);
        }

        Save(before, application);
    }

    private void Save(JsonObject before, JsonObject after, bool isAlways = false)
    {
        if (!isAlways && JsonNode.DeepEquals(before, after))
            return;
        after.Child("status")["reconciledAt"] = store.Now;
        store.HandOver(after, new WriteOptions { Manager = "argocd-application-controller" });
    }

    private static void WriteSync(JsonObject application, JsonObject status, Compared compared)
    {
        var sync = new JsonObject { ["status"] = compared.SyncStatus };
        var comparedTo = new JsonObject { ["destination"] = application.At("spec", "destination")?.DeepClone() };
        Operation.AddSources(comparedTo, application);
        sync["comparedTo"] = comparedTo;
        if (compared.Rendered is { } rendered)
            Operation.AddRevisions(sync, rendered.Revisions);
        status["sync"] = sync;
    }

    private void WriteConditions(JsonObject status, Compared compared, string? syncError)
    {
        var conditions = compared.Conditions.ToList();
        if (syncError is not null)
            conditions.Add(("SyncError", syncError));
        var old = status["conditions"] as JsonArray ?? [];
        var list = new JsonArray();
        foreach (var (type, message) in conditions)
        {
            var same = old.FirstOrDefault(each => each.TextAt("type") == type && each.TextAt("message") == message);
            list.Add((JsonNode)new JsonObject
            {
                ["lastTransitionTime"] = same.TextAt("lastTransitionTime") ?? store.Now,
                ["message"] = message,
                ["type"] = type,
            });
        }

        if (list.Count > 0)
            status["conditions"] = list;
        else
            status.Remove("conditions");
    }

    private static JsonNode Resource(Pair pair)
    {
        var item = pair.Live ?? pair.Target!;
        var entry = new JsonObject
        {
            ["kind"] = pair.Key.Kind,
            ["name"] = pair.Key.Name,
            ["status"] = pair.IsSynced ? "Synced" : "OutOfSync",
            ["version"] = (item.TextAt("apiVersion") ?? "").Split('/')[^1],
        };
        if (pair.Key.Group.Length > 0)
            entry["group"] = pair.Key.Group;
        if (pair.Key.Namespace.Length > 0)
            entry["namespace"] = pair.Key.Namespace;
        if (pair.Target is null && !pair.IsSynced)
            entry["requiresPruning"] = true;
        if (SyncAnnotations.WaveOf(item) is not 0 and var wave)
            entry["syncWave"] = wave;
        return entry;
    }

    private void AddHistory(JsonObject application, JsonObject status, Operation operation)
    {
        var history = status["history"] as JsonArray ?? [];
        var id = history.LastOrDefault().At("id").Number() + 1 ?? 0;
        var entry = new JsonObject
        {
            ["deployStartedAt"] = operation.StartedAt,
            ["deployedAt"] = store.Now,
            ["id"] = id,
            ["initiatedBy"] = operation.Wanted["initiatedBy"]?.DeepClone(),
        };
        Operation.AddRevisions(entry, operation.Revisions);
        Operation.AddSources(entry, application);
        history.Add((JsonNode)entry);
        while (history.Count > HistoryMax)
            history.RemoveAt(0);
        if (history.Parent is null)
            status["history"] = history;
    }
}
