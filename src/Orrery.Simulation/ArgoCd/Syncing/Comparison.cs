using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd.Health;
using Orrery.Simulation.ArgoCd.Rendering;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.ArgoCd.Syncing;

/// <summary>One object as it is wanted and as it is.</summary>
internal sealed record Pair(ObjectKey Key, JsonObject? Target, JsonObject? Live, bool IsSynced, HealthState? Health)
{
    public bool IsHook => Target is not null && SyncAnnotations.HookOf(Target) is not null;
}

/// <summary>An Application compared with Git.</summary>
internal sealed record Compared(IReadOnlyList<Pair> Pairs, Rendered? Rendered)
{
    /// <summary>Conditions by type; any of an error makes the sync status unknown.</summary>
    public IReadOnlyList<(string Type, string Message)> Conditions { get; init; } = [];

    public bool HasErrors => Rendered is null;

    public string SyncStatus => HasErrors ? "Unknown"
        : Pairs.Where(pair => !pair.IsHook).All(pair => pair.IsSynced) ? "Synced" : "OutOfSync";

    /// <summary>The worst of all; without objects nothing is wrong.</summary>
    public HealthStatus Health => Conditions.Any(each => each.Type == "InvalidSpecError")
        ? HealthStatus.Unknown
        : Pairs.Where(pair => !pair.IsHook && pair.Health is not null).Select(pair => pair.Health!.Status)
            .DefaultIfEmpty(HealthStatus.Healthy).Max();
}

/// <summary>Compares Applications with Git.</summary>
internal sealed class Comparison(
    ClusterStore store, Renderer renderer, ManagedObjects managed, ProjectRules rules,
    Func<JsonObject, HealthState?> healthOf)
{
    private readonly Dictionary<string, (string Spec, Rendered Rendered)> _rendered = new(StringComparer.Ordinal);

    private readonly Dictionary<(string Application, ObjectKey Key), Judged> _judged = [];

    public Compared Compare(JsonObject application)
    {
        var name = application.TextAt("metadata", "name") ?? "";
        if (rules.ProblemOf(application) is { } problem)
            return Failed(name, "InvalidSpecError", problem);
        try
        {
            var rendered = Render(application);
            var targets = Targets(application, rendered);
            return new Compared(PairsOf(name, targets), rendered);
        }
        catch (ManifestException exception)
        {
            return Failed(name, "ComparisonError", exception.Message);
        }
    }

    /// <summary>What is wanted at given revisions, ready to apply.</summary>
    public List<JsonObject> Targets(JsonObject application, Rendered rendered)
    {
        var name = application.TextAt("metadata", "name") ?? "";
        var ns = application.TextAt("spec", "destination", "namespace") ?? "";
        var targets = new List<JsonObject>();
        foreach (var each in rendered.Objects)
        {
            var target = each.Copy();
            var metadata = target.Child("metadata");
            if (IsOfCluster(target, rendered.Objects))
                metadata.Remove("namespace");
            else if (metadata["namespace"].Text() is null or "")
                metadata["namespace"] = ns;
            var key = ObjectKey.Of(target);
            metadata.Child("annotations")[ObjectKey.TrackingId] =
                (key.Namespace.Length == 0 ? key with { Namespace = ns } : key).TrackingOf(name);
            targets.RemoveAll(other => ObjectKey.Of(other) == key);
            targets.Add(target);
        }

        return targets;
    }

    /// <summary>The same rendering as long as neither specification nor revisions change.</summary>
    public Rendered Render(JsonObject application)
    {
        var name = application.TextAt("metadata", "name") ?? "";
        var revisions = renderer.RevisionsOrFail(application);
        var spec = JsonText.Of(application["spec"]) + string.Join(' ', revisions);
        if (_rendered.TryGetValue(name, out var known) && known.Spec == spec)
            return known.Rendered;
        var rendered = renderer.Render(application);
        _rendered[name] = (spec, rendered);
        return rendered;
    }

    /// <summary>What revisions gave, one for each source; null for those of now.</summary>
    public Rendered RenderAt(JsonObject application, IReadOnlyList<string>? revisions) =>
        renderer.Render(application, revisions);

    public void Forget(string name) => _rendered.Remove(name);

    /// <summary>The rules by which objects are judged have changed.</summary>
    public void ForgetJudgements() => _judged.Clear();

    public IReadOnlyList<Pair> PairsOf(string name, List<JsonObject> targets)
    {
        var pairs = new List<Pair>();
        foreach (var target in targets)
        {
            var key = ObjectKey.Of(target);
            pairs.Add(managed.Live(target) is { } live && Judge(name, key, target, live) is var (_, _, isSame, health)
                ? new Pair(key, target, live, isSame, health)
                : new Pair(key, target, null, false, new HealthState(HealthStatus.Missing)));
        }

        var wanted = pairs.Select(pair => pair.Key).ToHashSet();
        foreach (var live in managed.Of(name).Where(live => !wanted.Contains(ObjectKey.Of(live))))
        {
            if (SyncAnnotations.HookOf(live) is null)
                pairs.Add(new Pair(ObjectKey.Of(live), null, live, false, healthOf(live)));
        }

        return pairs;
    }

    // What neither Git nor the cluster has changed is as it was.
    private Judged Judge(string name, ObjectKey key, JsonObject target, JsonObject live)
    {
        var isKnown = _judged.TryGetValue((name, key), out var known) && JsonNode.DeepEquals(known.Target, target);
        if (isKnown && ReferenceEquals(known!.Live, live))
            return known;
        // Statuses change all the time, and nobody applies them.
        var isSame = (isKnown && known!.IsSame && managed.DifferOnlyInStatus(known.Live, live))
            || managed.IsSame(target, live);
        return _judged[(name, key)] = new Judged(target, live, isSame, healthOf(live));
    }

    private Compared Failed(string name, string type, string message) =>
        new([.. managed.Of(name).Select(live => new Pair(ObjectKey.Of(live), null, live, true, healthOf(live)))], null)
        {
            Conditions = [(type, message)],
        };

    // A kind that is not served yet may come with its definition in the same rendering.
    private bool IsOfCluster(JsonObject item, IReadOnlyList<JsonObject> all)
    {
        var (version, kind) = (item.TextAt("apiVersion") ?? "", item.TextAt("kind") ?? "");
        if (store.Kinds.Find(version, kind) is { } known)
            return !known.IsNamespaced;
        return all.Any(each => each.TextAt("kind") == "CustomResourceDefinition"
            && each.TextAt("spec", "names", "kind") == kind
            && each.TextAt("spec", "group") == HealthChecks.GroupOf(item)
            && each.TextAt("spec", "scope") == "Cluster");
    }

    private sealed record Judged(JsonObject Target, JsonObject Live, bool IsSame, HealthState? Health);
}
