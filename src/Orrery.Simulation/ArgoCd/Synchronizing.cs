using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd.Rendering;
using Orrery.Simulation.ArgoCd.Syncing;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.ArgoCd;

/// <summary>Begins operations where an Application asks for them, by itself or by hand, and carries them on.</summary>
internal sealed class Synchronizing(
    SyncTools tools, Agenda agenda, ArgoCdOptions options, Comparison comparison, StatusWriter writer)
{
    /// <summary>
    /// Writes the status and goes on; gives when to look again, or null when only a change is of interest.
    /// </summary>
    /// <param name="stored">The Application as stored: it is not changed.</param>
    public TimeSpan? Continue(JsonObject stored, Followed followed, Compared compared)
    {
        var name = stored.TextAt("metadata", "name") ?? "";
        var ns = stored.TextAt("metadata", "namespace") ?? "";
        var wish = followed.Operation is null && stored["operation"] is null
            ? Decide(stored, followed, compared)
            : new Wish(null, null, null);
        writer.Write(stored, compared, wish.Error, followed.IsNew);
        followed.IsNew = false;
        if (wish.Operation is null && followed.Operation is null && stored["operation"] is null)
            return wish.After;
        var application = tools.Store.Get("argoproj.io/v1alpha1", "Application", ns, name)!;
        if (wish.Operation is not null)
            application["operation"] = wish.Operation;
        if (application["operation"] is JsonObject wanted && followed.Operation is null)
        {
            if (compared.Rendered is null)
                return Refuse(application, wanted, compared);
            followed.Operation = New(application, wanted, compared);
        }

        return followed.Operation is null ? wish.After : Carry(application, followed);
    }

    /// <summary>What shall happen: an operation, an error instead of one, or a later look.</summary>
    private sealed record Wish(JsonObject? Operation, string? Error, TimeSpan? After);

    private Wish Decide(JsonObject application, Followed followed, Compared compared)
    {
        var nothing = new Wish(null, null, null);
        var automated = application.At("spec", "syncPolicy", "automated") as JsonObject;
        if (automated is null || (automated["enabled"] is { } enabled && !enabled.IsTrue())
            || compared.Rendered is not { } rendered || compared.SyncStatus != "OutOfSync")
        {
            return nothing;
        }

        var prunes = automated["prune"].IsTrue();
        // Only what is not wanted any more differs, and it stays.
        if (!prunes && compared.Pairs.Where(pair => !pair.IsHook && !pair.IsSynced).All(pair => pair.Target is null))
            return nothing;
        if (compared.Pairs.All(pair => pair.Target is null) && !automated["allowEmpty"].IsTrue())
        {
            return nothing with
            {
                Error = "Skipping sync attempt to "
                    + $"{string.Join(' ', rendered.Revisions)}: auto-sync will wipe out all resources",
            };
        }

        if (!WasTried(application, rendered, out var phase))
            return nothing with { Operation = Automatic(application, rendered, prunes, 0) };
        if (phase != "Succeeded")
        {
            return nothing with
            {
                Error = $"Failed last sync attempt to {Shown(rendered.Revisions)}:"
                    + $" {application.TextAt("status", "operationState", "message")}",
            };
        }

        if (!automated["selfHeal"].IsTrue())
            return nothing;
        return Repair(application, followed, rendered, prunes);
    }

    private Wish Repair(JsonObject application, Followed followed, Rendered rendered, bool prunes)
    {
        if (followed.RepairAt is null)
        {
            const int factor = 3;
            var delay = options.SelfHeal * Math.Pow(factor, Math.Min(followed.Repairs, 8));
            followed.RepairAt = agenda.Now + (delay < options.SelfHealMax ? delay : options.SelfHealMax);
        }

        if (followed.RepairAt > agenda.Now)
            return new Wish(null, null, followed.RepairAt - agenda.Now);
        followed.RepairAt = null;
        followed.Repairs++;
        return new Wish(Automatic(application, rendered, prunes, followed.Repairs), null, null);
    }

    private static bool WasTried(JsonObject application, Rendered rendered, out string? phase)
    {
        var state = application.At("status", "operationState");
        phase = state.TextAt("phase");
        var result = state.At("syncResult") as JsonObject;
        if (result is null)
            return false;
        var now = new JsonObject();
        Operation.AddRevisions(now, rendered.Revisions);
        Operation.AddSources(now, application);
        return ((string[])["revision", "revisions", "source", "sources"])
            .All(field => JsonNode.DeepEquals(now[field], result[field]));
    }

    private static JsonObject Automatic(JsonObject application, Rendered rendered, bool prunes, int repairs)
    {
        var sync = new JsonObject { ["prune"] = prunes };
        Operation.AddRevisions(sync, rendered.Revisions);
        if (application.At("spec", "syncPolicy", "syncOptions") is { } given)
            sync["syncOptions"] = given.DeepClone();
        if (repairs > 0)
            sync["autoHealAttemptsCount"] = repairs;
        return new JsonObject
        {
            ["sync"] = sync,
            ["initiatedBy"] = new JsonObject { ["automated"] = true },
            ["retry"] = application.At("spec", "syncPolicy", "retry")?.DeepClone() ?? new JsonObject { ["limit"] = 5 },
        };
    }

    private Operation New(JsonObject application, JsonObject wanted, Compared compared) => new()
    {
        Wanted = wanted.Copy(),
        StartedAt = tools.Store.Now,
        Revisions = compared.Rendered!.Revisions,
        Run = new SyncRun(tools, application, compared.Pairs, wanted.At("sync", "prune").IsTrue()),
    };

    // What cannot be compared cannot be synchronised.
    private TimeSpan? Refuse(JsonObject application, JsonObject wanted, Compared compared)
    {
        var status = application.Child("status");
        status["operationState"] = new JsonObject
        {
            ["operation"] = wanted.DeepClone(),
            ["phase"] = "Error",
            ["startedAt"] = tools.Store.Now,
            ["finishedAt"] = tools.Store.Now,
            ["message"] = string.Join("; ", compared.Conditions.Select(each => $"{each.Type}: {each.Message}")),
        };
        application.Remove("operation");
        tools.Store.Update(application, new() { Manager = "argocd-application-controller" });
        return null;
    }

    private TimeSpan? Carry(JsonObject application, Followed followed)
    {
        var operation = followed.Operation!;
        if (operation.RetryAt is { } retryAt)
        {
            if (agenda.Now < retryAt)
                return retryAt - agenda.Now;
            Restart(application, operation);
        }

        operation.Run.Step();
        if (operation.Run.Phase == "Failed" && Backoff(operation) is { } delay)
        {
            operation.Retries++;
            operation.RetryAt = agenda.Now + delay;
            var at = (tools.Store.Clock + delay).UtcDateTime.ToString("h:mmtt", CultureInfo.InvariantCulture);
            operation.RetryMessage =
                $"{operation.Run.Message}. Retrying attempt #{operation.Retries} at {at}.";
            writer.WriteOperation(application, operation, isOver: false);
            return delay;
        }

        var isOver = operation.Run.Phase != "Running";
        if (isOver && operation.Run.Phase == "Failed" && operation.Retries > 0)
            operation.RetryMessage = $"{operation.Run.Message} (retried {operation.Retries} times).";
        writer.WriteOperation(application, operation, isOver);
        if (isOver)
        {
            followed.Operation = null;
            return options.Watching;
        }

        return operation.Run.IsBetweenWaves ? options.BetweenWaves : options.Waiting;
    }

    // The same revisions again, unless newer ones were asked for.
    private void Restart(JsonObject application, Operation operation)
    {
        (operation.RetryAt, operation.RetryMessage) = (null, null);
        try
        {
            var isRefreshed = operation.Wanted.At("retry", "refresh").IsTrue();
            var rendered = comparison.RenderAt(application, isRefreshed ? null : operation.Revisions);
            operation.Revisions = rendered.Revisions;
            var name = application.TextAt("metadata", "name") ?? "";
            var pairs = comparison.PairsOf(name, comparison.Targets(application, rendered));
            operation.Run = new SyncRun(tools, application, pairs, operation.Wanted.At("sync", "prune").IsTrue());
        }
        catch (ManifestException)
        {
            // The comparison says so; this attempt goes on with what it has.
        }
    }

    /// <summary>How long to wait before the next attempt; null when there is none.</summary>
    private static TimeSpan? Backoff(Operation operation)
    {
        const int factorDefault = 2;
        var retry = operation.Wanted["retry"];
        var limit = retry.At("limit").Number() ?? 0;
        if (limit >= 0 && operation.Retries >= limit)
            return null;
        var first = Settings.DurationOf(retry.TextAt("backoff", "duration")) ?? TimeSpan.FromSeconds(5);
        var most = Settings.DurationOf(retry.TextAt("backoff", "maxDuration")) ?? TimeSpan.FromMinutes(3);
        var factor = retry.At("backoff", "factor").Number() ?? factorDefault;
        var delay = first * Math.Pow(factor, Math.Min(operation.Retries, 16));
        return delay < most ? delay : most;
    }

    private static string Shown(IReadOnlyList<string> revisions) => revisions.Count == 1
        ? revisions[0]
        : $"[{string.Join(' ', revisions)}]";
}
