using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Charts;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Flux;

/// <summary>Of repositories of charts: whether their index can be had.</summary>
public sealed class HelmSourceController : ChartSourceController
{
    private static readonly HashSet<string> Fields = new(StringComparer.Ordinal)
    {
        "interval", "suspend", "timeout", "type", "url", "provider",
    };

    internal HelmSourceController(FluxSurroundings around, ChartLibrary charts)
        : base(around, charts, "HelmRepository", Fields)
    {
    }

    /// <summary>Charts of a registry are fetched one by one; nothing is said of it.</summary>
    private protected override bool IsLookedAt(JsonObject item) => item.TextAt("spec", "type") != "oci";

    private protected override (bool IsReady, string Reason, string Message) Look(ObjectKey key, JsonObject item)
    {
        var url = item.TextAt("spec", "url") ?? "";
        return Charts.HasRepository(url)
            ? (true, "Succeeded", "stored artifact: revision of the index")
            : (false, "Failed", $"failed to fetch Helm repository index: failed to fetch {url}/index.yaml");
    }
}
