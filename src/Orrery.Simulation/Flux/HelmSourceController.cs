using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Charts;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Flux;

/// <summary>
/// Flux's source-controller for repositories of charts: whether their index can be had. After version 1.8
/// (https://github.com/fluxcd/source-controller).
/// </summary>
public sealed class HelmSourceController : FluxController
{
    private static readonly HashSet<string> Supported = new(StringComparer.Ordinal)
    {
        "interval", "suspend", "timeout", "type", "url", "provider",
    };

    private readonly ChartLibrary _charts;

    public HelmSourceController(
        ClusterStore store, Agenda agenda, ChartLibrary charts, FluxOptions options, FluxProcess process)
        : base(store, agenda, options, ("source.toolkit.fluxcd.io/v1", "HelmRepository"), process) =>
        _charts = charts;

    private protected override string Manager => "source-controller";

    private protected override Later? Reconcile(ObjectKey key, JsonObject item)
    {
        // Charts of a registry are fetched one by one; nothing is said of it.
        if (item.TextAt("spec", "type") == "oci")
            return null;
        var url = item.TextAt("spec", "url") ?? "";
        if (Unsupported(item, Supported) is { } field)
            Tell(item, false, "Failed", $"the simulated source-controller does not support spec.{field}");
        else if (!_charts.HasRepository(url))
            Tell(item, false, "Failed", $"failed to fetch Helm repository index: failed to fetch {url}/index.yaml");
        else
            Tell(item, true, "Succeeded", "stored artifact: revision of the index");
        return Later.Poll(DurationOf(item, "interval", TimeSpan.FromMinutes(1)));
    }
}
