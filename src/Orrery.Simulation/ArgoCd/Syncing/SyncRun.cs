using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd.Health;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.ArgoCd.Syncing;

/// <summary>What came of one object in an operation.</summary>
internal sealed record SyncResult(
    ObjectKey Key, string Version, string Status, string Message, string? HookType = null);

/// <summary>What an operation needs.</summary>
internal sealed record SyncTools(
    ClusterStore Store, ManagedObjects Managed, ProjectRules Rules, Func<JsonObject, HealthState?> HealthOf);

/// <summary>
/// One attempt to bring the cluster to given revisions: phases, then waves, then kinds; a later wave waits until the
/// earlier is healthy (https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/).
/// </summary>
internal sealed class SyncRun
{
    private static readonly string[] KindOrder =
    [
        "Namespace", "NetworkPolicy", "ResourceQuota", "LimitRange", "PodSecurityPolicy", "PodDisruptionBudget",
        "ServiceAccount", "Secret", "SecretList", "ConfigMap", "StorageClass", "PersistentVolume",
        "PersistentVolumeClaim", "CustomResourceDefinition", "ClusterRole", "ClusterRoleBinding", "Role",
        "RoleBinding", "Service", "DaemonSet", "Pod", "ReplicationController", "ReplicaSet", "Deployment",
        "StatefulSet", "Job", "CronJob", "IngressClass", "Ingress", "APIService",
    ];

    private readonly SyncTools _tools;
    private readonly JsonObject _application;
    private readonly IReadOnlyList<Pair> _pairs;
    private readonly List<List<JsonObject>> _groups;
    private readonly List<ObjectKey> _waiting = [];
    private readonly bool _isMultiStep;
    private readonly bool _prunes;
    private int _next = -1;

    public SyncRun(SyncTools tools, JsonObject application, IReadOnlyList<Pair> pairs, bool prunes)
    {
        (_tools, _application, _pairs, _prunes) = (tools, application, pairs, prunes);
        var targets = pairs.Select(pair => pair.Target).OfType<JsonObject>()
            .Where(target => SyncAnnotations.HookOf(target) is not ("Skip" or "SyncFail" or "PostDelete")).ToList();
        _groups = [.. targets
            .GroupBy(target => (PhaseOf(target), SyncAnnotations.WaveOf(target), IsDefinition(target) ? 0 : 1))
            .OrderBy(group => group.Key)
                .Select(group => group.OrderBy(OrderOf).ThenBy(NameOf, StringComparer.Ordinal).ToList())];
        _isMultiStep = targets
            .Select(target => (PhaseOf(target), SyncAnnotations.WaveOf(target))).Distinct().Count() > 1;
    }

    /// <summary>Running, Succeeded, Failed.</summary>
    public string Phase { get; private set; } = "Running";

    public string Message { get; private set; } = "waiting for the sync to begin";

    public List<SyncResult> Results { get; } = [];

    /// <summary>The next step begins a wave, after a pause.</summary>
    public bool IsBetweenWaves { get; private set; }

    /// <summary>Goes on as far as it can now.</summary>
    public void Step()
    {
        IsBetweenWaves = false;
        if (Phase != "Running")
            return;
        if (_next < 0 && !Begin())
            return;
        if (!IsHealthy())
            return;
        if (_next == _groups.Count)
        {
            Prune();
            (Phase, Message) = ("Succeeded", "successfully synced (all tasks run)");
            return;
        }

        var group = _groups[_next++];
        Message = "one or more tasks are running";
        var problem = "";
        foreach (var target in group)
        {
            if (ApplyOne(target) is { } why && problem.Length == 0)
                problem = why;
        }

        if (problem.Length > 0)
        {
            (Phase, Message) = ("Failed", $"one or more objects failed to apply, reason: {problem}");
            return;
        }

        foreach (var target in group.Where(target => _isMultiStep || IsDefinition(target) || IsHook(target)))
            _waiting.Add(ObjectKey.Of(target));
        IsBetweenWaves = true;
    }

    private bool Begin()
    {
        _next = 0;
        CreateNamespace();
        foreach (var target in _pairs.Select(pair => pair.Target).OfType<JsonObject>())
        {
            if (DryRun(target) is { } problem)
                Note(target, "SyncFailed", problem);
        }

        if (Results.Count == 0)
            return true;
        (Phase, Message) = ("Failed", "one or more synchronization tasks are not valid");
        if (Results.Count == 1)
            Message = $"one or more synchronization tasks are not valid: {Results[0].Message}";
        return false;
    }

    private void CreateNamespace()
    {
        var ns = _application.TextAt("spec", "destination", "namespace");
        if (!HasOption("CreateNamespace=true") || ns is not { Length: > 0 }
            || _tools.Store.Get("v1", "Namespace", "", ns) is not null
            || _pairs.Any(pair => pair.Key is { Group: "", Kind: "Namespace" } && pair.Key.Name == ns))
        {
            return;
        }

        var made = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Namespace",
            ["metadata"] = new JsonObject { ["name"] = ns },
        };
        _tools.Store.Create(made, new WriteOptions { Manager = ManagedObjects.Manager });
    }

    private string? DryRun(JsonObject target)
    {
        var key = ObjectKey.Of(target);
        if (_tools.Rules.ProblemOf(_application, key) is { } forbidden)
            return forbidden;
        var version = target.TextAt("apiVersion") ?? "";
        if (_tools.Store.Kinds.Find(version, key.Kind) is null)
        {
            return HasOption("SkipDryRunOnMissingResource=true")
                || SyncAnnotations.HasOption(target, "SkipDryRunOnMissingResource=true") || IsDefinedHere(key)
                    ? null
                    : Unknown(key);
        }

        try
        {
            _tools.Managed.Apply(target, isDryRun: true);
            return null;
        }
        catch (ApiFailure problem)
        {
            // A namespace that this very operation makes is not there yet.
            return _pairs.Any(pair => pair.Key is { Group: "", Kind: "Namespace" } && pair.Key.Name == key.Namespace)
                && problem is { Code: 404 }
                    ? null
                    : problem.Message;
        }
    }

    private string? ApplyOne(JsonObject target)
    {
        var key = ObjectKey.Of(target);
        if (_tools.Store.Kinds.Find(target.TextAt("apiVersion") ?? "", key.Kind) is null)
            return Note(target, "SyncFailed", Unknown(key));
        var isServerSide = HasOption("ServerSideApply=true")
            || SyncAnnotations.HasOption(target, "ServerSideApply=true");
        if (ManagedObjects.ProblemOfSize(target, isServerSide) is { } large)
            return Note(target, "SyncFailed", large);
        try
        {
            var live = _tools.Managed.Live(target);
            if (IsHook(target) && live is not null)
                _tools.Store.Delete(target.TextAt("apiVersion")!, key.Kind, key.Namespace, key.Name);
            var after = _tools.Managed.Apply(target, isDryRun: false);
            var what = isServerSide ? "serverside-applied"
                : live is null ? "created"
                : live.TextAt("metadata", "resourceVersion") == after.TextAt("metadata", "resourceVersion")
                    ? "unchanged"
                : "configured";
            var shown = key.Group.Length == 0 ? key.Kind : $"{key.Kind}.{key.Group}";
            Note(target, "Synced", $"{shown.ToLowerInvariant()}/{key.Name} {what}");
            return null;
        }
        catch (ApiFailure problem)
        {
            return Note(target, "SyncFailed", problem.Message);
        }
    }

    /// <summary>True when nothing is waited for any more.</summary>
    private bool IsHealthy()
    {
        foreach (var key in _waiting.ToList())
        {
            var target = _pairs.First(pair => pair.Key == key).Target!;
            var health = _tools.Managed.Live(target) is { } live
                ? _tools.HealthOf(live)
                : new HealthState(HealthStatus.Missing);
            if (health?.Status is HealthStatus.Degraded)
            {
                Note(target, "SyncFailed", health.Message);
                (Phase, Message) = ("Failed", "one or more synchronization tasks completed unsuccessfully"
                    + (health.Message.Length > 0 ? $", reason: {health.Message}" : ""));
                return false;
            }

            if (health is null or { Status: HealthStatus.Healthy or HealthStatus.Suspended })
                _waiting.Remove(key);
        }

        if (_waiting.Count == 0)
            return true;
        var more = _waiting.Count > 1 ? $" and {_waiting.Count - 1} more resources" : "";
        Message = $"waiting for healthy state of {_waiting[0]}{more}";
        return false;
    }

    private void Prune()
    {
        foreach (var pair in _pairs.Where(pair => pair.Target is null && pair.Live is not null)
            .OrderByDescending(pair => SyncAnnotations.WaveOf(pair.Live!))
                .ThenByDescending(pair => OrderOf(pair.Live!)))
        {
            var keeps = !_prunes || SyncAnnotations.HasOption(pair.Live!, "Prune=false");
            Note(pair.Live!, keeps ? "PruneSkipped" : "Pruned", keeps ? "ignored (requires pruning)" : "pruned");
            if (!keeps)
            {
                _tools.Store.Delete(
                    pair.Live!.TextAt("apiVersion") ?? "", pair.Key.Kind, pair.Key.Namespace, pair.Key.Name,
                    new DeleteOptions { Propagation = "Foreground" });
            }
        }
    }

    private string Note(JsonObject item, string status, string message)
    {
        var key = ObjectKey.Of(item);
        Results.RemoveAll(each => each.Key == key);
        var hook = SyncAnnotations.HookOf(item);
        Results.Add(new SyncResult(key, (item.TextAt("apiVersion") ?? "").Split('/')[^1], status, message, hook));
        return message;
    }

    private bool HasOption(string option) =>
        (_application.At("spec", "syncPolicy", "syncOptions") as JsonArray ?? []).Any(each => each.Text() == option);

    private bool IsDefinedHere(ObjectKey key) => _pairs.Any(pair =>
        pair.Key.Kind == "CustomResourceDefinition" && pair.Target is not null
        && pair.Target.TextAt("spec", "group") == key.Group
        && pair.Target.TextAt("spec", "names", "kind") == key.Kind);

    private static string Unknown(ObjectKey key) =>
        $"The Kubernetes API could not find {key.Group}/{key.Kind} for requested resource {key.Namespace}/{key.Name}."
        + $" Make sure the \"{key.Kind}\" CRD is installed on the destination cluster.";

    private static bool IsDefinition(JsonObject item) => item.TextAt("kind") == "CustomResourceDefinition";

    private static bool IsHook(JsonObject item) => SyncAnnotations.HookOf(item) is not null;

    private static int PhaseOf(JsonObject item) => SyncAnnotations.HookOf(item) switch
    {
        "PreSync" => -1,
        "PostSync" => 1,
        _ => 0,
    };

    private static int OrderOf(JsonObject item)
    {
        var index = Array.IndexOf(KindOrder, item.TextAt("kind"));
        return index < 0 ? KindOrder.Length : index;
    }

    private static string NameOf(JsonObject item) => item.TextAt("metadata", "name") ?? "";
}
