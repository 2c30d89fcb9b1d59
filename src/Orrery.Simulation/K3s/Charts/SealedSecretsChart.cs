using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.K3s.Charts;

/// <summary>sealed-secrets of https://github.com/bitnami-labs/sealed-secrets/tree/main/helm.</summary>
internal static class SealedSecretsChart
{
    public static IEnumerable<JsonObject> Objects(ChartRequest request)
    {
        var name = request.Values.Text(request.Release, "fullnameOverride");
        var arguments = new JsonArray("--update-status");
        if (request.Values.Text("", "keyrenewperiod") is { Length: > 0 } period)
        {
            arguments.Add((JsonNode)"--key-renew-period");
            arguments.Add((JsonNode)period);
        }

        var container = $"command: [controller]\nargs: {JsonText.Of(arguments)}\nsecurityContext: {{runAsUser: 1001}}";
        return
        [
            .. CustomKinds.Of("bitnami.com/v1alpha1 sealedsecrets SealedSecret status"),
            .. ChartText.Workload("Deployment", request.Namespace, name,
                "docker.io/bitnami/sealed-secrets-controller:0.36.6", ("", container, ""))
                .Select(item => item.WithPodAnnotations(request.Values["podAnnotations"] as JsonObject)),
            .. ChartText.Service(request.Namespace, name, ("sealed-secrets", name), 8080, 8080),
        ];
    }
}
