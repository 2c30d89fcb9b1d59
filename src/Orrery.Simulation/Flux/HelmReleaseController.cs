using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.Faults;
using Orrery.Simulation.K3s.Charts;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Flux;

/// <summary>
/// Flux's helm-controller in a simulated cluster: installs and upgrades charts as HelmReleases say, waits until their
/// workloads are ready, and gives up or tries again as the strategy says. After version 1.5
/// (https://github.com/fluxcd/helm-controller); what of a HelmRelease it does not know is refused by its name.
/// </summary>
public sealed class HelmReleaseController : FluxController
{
    private const string ApiVersion = "helm.toolkit.fluxcd.io/v2";
    private const string Kind = "HelmRelease";

    private static readonly HashSet<string> Supported = new(StringComparer.Ordinal)
    {
        "chart", "chartRef", "install", "interval", "releaseName", "suspend", "timeout", "upgrade", "values",
    };

    private readonly ChartLibrary _charts;
    private readonly HelmObjects _objects;
    private readonly Dictionary<ObjectKey, HelmAction> _actions = [];

    public HelmReleaseController(
        ClusterStore store, Agenda agenda, ChartLibrary charts, FluxOptions options, FluxProcess process)
        : base(store, agenda, options, (ApiVersion, Kind), process)
    {
        (_charts, _objects) = (charts, new HelmObjects(store));
        store.Changed += change =>
        {
            if (change.Kind.Kind is "HelmRepository" or "OCIRepository" && change.Before.Condition("Ready") != "True"
                && change.Object.Condition("Ready") == "True")
                Follow(ObjectKey.Of(change.Object));
        };
    }

    private protected override string Manager => HelmObjects.Manager;

    private protected override bool HasFinalizer => true;

    private protected override void Forget() => _actions.Clear();

    private protected override Later? Finish(ObjectKey key, JsonObject item)
    {
        _actions.Remove(key);
        _objects.Delete(item, []);
        return null;
    }

    private protected override Later? Reconcile(ObjectKey key, JsonObject item)
    {
        if (_actions.GetValueOrDefault(key) is { } running)
            return Continue(key, item, running);
        if (Unsupported(item, Supported) is { } field)
            return Stalled(item, "InvalidSpec", $"the simulated helm-controller does not support spec.{field}");
        var source = SourceOf(item);
        var (ns, name) = (source.TextAt("namespace") ?? key.Namespace, source.TextAt("name") ?? "");
        var kind = source.TextAt("kind") ?? "";
        if (Store.Get("source.toolkit.fluxcd.io/v1", kind, ns, name) is not { } repository
            || repository.Condition("Ready") != "True")
        {
            Tell(item, false, "SourceNotReady",
                $"HelmChart '{ns}/{key.Namespace}-{key.Name}' is not ready: no artifact available for {kind}"
                + $" source '{name}'");
            return Later.Poll(Requeue);
        }

        var request = RequestOf(key, item, repository);
        var digest = DigestOf(request);
        if (item.At("status", "history").Items().FirstOrDefault() is { } newest
            && newest.TextAt("configDigest") == digest && newest.TextAt("status") == "deployed")
        {
            // Nothing has changed but what it says of itself.
            Tell(item, true, item.TextAt("status", "lastAttemptedReleaseAction") == "upgrade"
                ? "UpgradeSucceeded" : "InstallSucceeded", SuccessOf(item));
            return Later.Poll(DurationOf(item, "interval", TimeSpan.FromMinutes(1)));
        }

        return Start(key, item, new HelmAction(request, digest, item.At("status", "history").Items().Any()));
    }

    private static JsonNode? SourceOf(JsonObject item) =>
        item.At("spec", "chartRef") ?? item.At("spec", "chart", "spec", "sourceRef");

    private static ChartRequest RequestOf(ObjectKey key, JsonObject item, JsonObject repository)
    {
        var chart = item.At("spec", "chart", "spec");
        var url = repository.TextAt("spec", "url") ?? "";
        var (place, name, version) = item.At("spec", "chartRef") is null
            ? (url, chart.TextAt("chart") ?? "", chart.TextAt("version") ?? "*")
            : (url[..url.LastIndexOf('/')], url[(url.LastIndexOf('/') + 1)..],
                repository.TextAt("spec", "ref", "tag") ?? "latest");
        return new ChartRequest(
            place, name, version, item.TextAt("spec", "releaseName") ?? key.Name, key.Namespace,
            item.At("spec", "values")?.DeepClone() as JsonObject ?? []);
    }

    private Later? Start(ObjectKey key, JsonObject item, HelmAction action)
    {
        var timeout = DurationOf(item, "timeout", TimeSpan.FromMinutes(5));
        if (_charts.Problem(action.Chart) is { } unknown)
        {
            Tell(item, false, "SourceNotReady", $"HelmChart '{key.Namespace}/{key.Namespace}-{key.Name}' is not ready:"
                + $" invalid chart reference: {unknown}");
            return Later.Poll(Requeue);
        }

        var rendered = _charts.Render(action.Chart)!;
        if (rendered.Problem is { } problem)
            return Failed(item, action, problem);
        action.Until = Now + timeout;
        action.Objects = [.. rendered.Objects.Select(each => each.Copy())];
        _actions[key] = action;
        Tell(item, null, "Progressing", string.Create(
            CultureInfo.InvariantCulture, $"Running '{action.Name}' action with timeout of {timeout}"));
        return Continue(key, Store.Get(ApiVersion, Kind, key.Namespace, key.Name)!, action);
    }

    /// <summary>Definitions first; once their kinds are served the rest; then until the workloads are ready.</summary>
    private Later? Continue(ObjectKey key, JsonObject item, HelmAction action)
    {
        try
        {
            if (!action.IsApplied)
            {
                if (!_objects.Apply(action))
                    return Later.Step(TimeSpan.FromMilliseconds(500));
                action.IsApplied = true;
            }
        }
        catch (ApiFailure failure)
        {
            _actions.Remove(key);
            return Failed(item, action, failure.Message);
        }

        if (HelmObjects.Late(Store, action.Objects) is not { } late)
            return Done(key, item, action);
        if (Now < action.Until)
            return Later.Step(Options.HealthInterval);
        _actions.Remove(key);
        return Failed(item, action, $"resource {late} not ready. status: InProgress: context deadline exceeded");
    }

    private Later Done(ObjectKey key, JsonObject item, HelmAction action)
    {
        _actions.Remove(key);
        _objects.Delete(item, action.Objects);
        var version = item.At("status", "history").Items().Select(each => each.At("version").Number() ?? 0)
            .DefaultIfEmpty(0).Max() + 1;
        Record(item, action, version, "deployed");
        Tell(item, true, action.IsUpgrade ? "UpgradeSucceeded" : "InstallSucceeded", SuccessOf(item));
        return Later.Poll(DurationOf(item, "interval", TimeSpan.FromMinutes(1)));
    }

    private static void Record(JsonObject item, HelmAction action, long version, string status)
    {
        var made = item.Child("status");
        made["history"] = new JsonArray(new JsonObject
        {
            ["chartName"] = action.Chart.Chart,
            ["chartVersion"] = action.Chart.Version,
            ["configDigest"] = action.Digest,
            ["name"] = action.Chart.Release,
            ["namespace"] = action.Chart.Namespace,
            ["status"] = status,
            ["version"] = version,
        });
        made["lastAttemptedReleaseAction"] = action.Name;
    }

    private static string SuccessOf(JsonObject item)
    {
        var newest = item.At("status", "history").Items().First();
        return $"Helm {item.TextAt("status", "lastAttemptedReleaseAction")} succeeded for release"
            + $" {newest.TextAt("namespace")}/{newest.TextAt("name")}.v{newest.At("version").Number()} with chart"
            + $" {newest.TextAt("chartName")}@{newest.TextAt("chartVersion")}";
    }

    /// <summary>By default nothing is tried again until somebody changes what is wanted.</summary>
    private Later? Failed(JsonObject item, HelmAction action, string why)
    {
        var strategy = item.At("spec", action.Name, "strategy");
        var said = $"Helm {action.Name} failed for release {action.Chart.Namespace}/{action.Chart.Release} with chart"
            + $" {action.Chart.Chart}@{action.Chart.Version}: {why}";
        if (strategy.TextAt("name") != "RetryOnFailure")
            return Stalled(item, "RetriesExceeded", $"Failed to {action.Name} after 1 attempt(s): {said}");
        Tell(item, false, action.IsUpgrade ? "UpgradeFailed" : "InstallFailed", said);
        return Later.Poll(Settings.DurationOf(strategy.TextAt("retryInterval")) ?? TimeSpan.FromMinutes(5));
    }

    /// <summary>Only another spec helps.</summary>
    private Later? Stalled(JsonObject item, string reason, string message)
    {
        Tell(item, false, reason, message);
        return null;
    }

    private static string DigestOf(ChartRequest request) => string.Create(
        CultureInfo.InvariantCulture,
        $"fnv:{StableHash.Of(0).And(request.Repository).And(request.Chart).And(request.Version)
            .And(JsonText.Of(request.Values)).Value:x16}");

    private void Follow(ObjectKey repository)
    {
        foreach (var item in All())
        {
            var source = SourceOf(item);
            if (source.TextAt("name") == repository.Name
                && (source.TextAt("namespace") ?? item.Namespace()) == repository.Namespace)
                LookAt(ObjectKey.Of(item), Options.Reaction);
        }
    }
}

/// <summary>An installation or an upgrade that has begun.</summary>
internal sealed class HelmAction(ChartRequest chart, string digest, bool isUpgrade)
{
    public ChartRequest Chart => chart;

    public string Digest => digest;

    public bool IsUpgrade => isUpgrade;

    public string Name => isUpgrade ? "upgrade" : "install";

    public IReadOnlyList<JsonObject> Objects { get; set; } = [];

    public TimeSpan Until { get; set; }

    public bool IsApplied { get; set; }
}
