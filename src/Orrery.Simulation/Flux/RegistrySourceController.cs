using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.K3s.Charts;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Flux;

/// <summary>
/// Flux's source-controller for a chart in a registry: whether its tag can be had. After version 1.8
/// (https://github.com/fluxcd/source-controller).
/// </summary>
public sealed class RegistrySourceController : FluxController
{
    private static readonly HashSet<string> Supported = new(StringComparer.Ordinal)
    {
        "interval", "layerSelector", "ref", "suspend", "timeout", "url",
    };

    private readonly ChartLibrary _charts;

    public RegistrySourceController(
        ClusterStore store, Agenda agenda, ChartLibrary charts, FluxOptions options, FluxProcess process)
        : base(store, agenda, options, ("source.toolkit.fluxcd.io/v1", "OCIRepository"), process) =>
        _charts = charts;

    private protected override string Manager => "source-controller";

    private protected override Later? Reconcile(ObjectKey key, JsonObject item)
    {
        var url = item.TextAt("spec", "url") ?? "";
        var (slash, tag) = (url.LastIndexOf('/'), item.TextAt("spec", "ref", "tag") ?? "latest");
        var request = new ChartRequest(url[..slash], url[(slash + 1)..], tag, key.Name, key.Namespace, []);
        if (Unsupported(item, Supported) is { } field)
            Tell(item, false, "Failed", $"the simulated source-controller does not support spec.{field}");
        else if (_charts.Problem(request) is not null)
            Tell(item, false, "OCIArtifactPullFailed", $"failed to determine artifact digest: {url}:{tag}: not found");
        else
            Tell(item, true, "Succeeded", $"stored artifact for digest '{tag}'");
        return Later.Poll(DurationOf(item, "interval", TimeSpan.FromMinutes(1)));
    }
}
