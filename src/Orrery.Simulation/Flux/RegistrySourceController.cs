using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.K3s.Charts;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Flux;

/// <summary>Of a chart in a registry: whether its tag can be had.</summary>
public sealed class RegistrySourceController : ChartSourceController
{
    private static readonly HashSet<string> Fields = new(StringComparer.Ordinal)
    {
        "interval", "layerSelector", "ref", "suspend", "timeout", "url",
    };

    internal RegistrySourceController(FluxSurroundings around, ChartLibrary charts)
        : base(around, charts, "OCIRepository", Fields)
    {
    }

    private protected override (bool IsReady, string Reason, string Message) Look(ObjectKey key, JsonObject item)
    {
        var url = item.TextAt("spec", "url") ?? "";
        var (slash, tag) = (url.LastIndexOf('/'), item.TextAt("spec", "ref", "tag") ?? "latest");
        var request = new ChartRequest(url[..slash], url[(slash + 1)..], tag, key.Name, key.Namespace, []);
        return Charts.Problem(request) is null
            ? (true, "Succeeded", $"stored artifact for digest '{tag}'")
            : (false, "OCIArtifactPullFailed", $"failed to determine artifact digest: {url}:{tag}: not found");
    }
}
