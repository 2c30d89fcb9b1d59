using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd;

namespace Orrery.Simulation.K3s.Charts;

/// <summary>cilium of https://github.com/cilium/charts: an agent on each node, its operator, and what shows traffic.
/// </summary>
internal static class CiliumChart
{
    private const string Everywhere = "hostNetwork: true\ntolerations: [{operator: Exists}]";

    // values.yaml of the version 1.19.6.
    private const string Capabilities =
        "[CHOWN, KILL, NET_ADMIN, NET_RAW, IPC_LOCK, SYS_MODULE, SYS_ADMIN, SYS_RESOURCE, DAC_OVERRIDE, FOWNER, "
        + "SETGID, SETUID]";

    public static IEnumerable<JsonObject> Objects(ChartRequest request)
    {
        var (values, ns) = (request.Values, request.Namespace);
        var added = values.Json(Capabilities, "securityContext", "capabilities", "ciliumAgent");
        var agent = $"securityContext: {{capabilities: {{add: {added}, drop: [ALL]}}}}";
        foreach (var item in ChartText.Workload(
            "DaemonSet", ns, "cilium", "quay.io/cilium/cilium:v1.19.6", (Everywhere, agent, "")))
            yield return item;
        var replicas = $"replicas: {values.Json("2", "operator", "replicas")}";
        foreach (var item in ChartText.Workload(
            "Deployment", ns, "cilium-operator", "quay.io/cilium/operator-generic:v1.19.6", (Everywhere, "", replicas)))
            yield return item;
        foreach (var (part, image) in (IEnumerable<(string, string)>)
            [("relay", "hubble-relay:v1.19.6"), ("ui", "hubble-ui:v0.13.3")])
        {
            if (!values.Is(true, "hubble", "enabled") || !values.Is(false, "hubble", part, "enabled"))
                continue;
            foreach (var item in ChartText.Workload("Deployment", ns, $"hubble-{part}", $"quay.io/cilium/{image}"))
                yield return item;
            var name = $"hubble-{part}";
            foreach (var item in ChartText.Service(ns, name, (name, name), 80, 4245))
                yield return item;
        }
    }
}
