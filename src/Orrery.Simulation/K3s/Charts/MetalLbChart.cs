using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.K3s.Control;

namespace Orrery.Simulation.K3s.Charts;

/// <summary>metallb of https://github.com/metallb/metallb/tree/main/charts.</summary>
internal static class MetalLbChart
{
    private const string Tag = "v0.16.1";

    public static IEnumerable<JsonObject> Objects(ChartRequest request)
    {
        var speaker = "securityContext: {capabilities: {add: [NET_RAW], drop: [ALL]}}";
        return
        [
            .. CustomKinds.Of(
                "metallb.io/v1beta1 ipaddresspools IPAddressPool status",
                "metallb.io/v1beta1 l2advertisements L2Advertisement status"),
            .. ChartText.Workload(
                "Deployment", request.Namespace, $"{request.Release}-controller",
                $"quay.io/metallb/controller:{Tag}"),
            .. ChartText.Workload(
                "DaemonSet", request.Namespace, $"{request.Release}-speaker", $"quay.io/metallb/speaker:{Tag}",
                ("hostNetwork: true", speaker, "")),
        ];
    }
}
