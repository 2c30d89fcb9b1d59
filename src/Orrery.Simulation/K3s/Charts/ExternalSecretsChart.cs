using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.K3s.Control;

namespace Orrery.Simulation.K3s.Charts;

/// <summary>external-secrets of https://github.com/external-secrets/external-secrets.</summary>
internal static class ExternalSecretsChart
{
    private const string Image = "ghcr.io/external-secrets/external-secrets:v2.9.0";

    public static IEnumerable<JsonObject> Objects(ChartRequest request)
    {
        var name = request.Values.Text(request.Release, "fullnameOverride");
        return
        [
            .. CustomKinds.Of(
                "external-secrets.io/v1 clusterexternalsecrets ClusterExternalSecret status cluster short=ces",
                "external-secrets.io/v1 clustersecretstores ClusterSecretStore status cluster short=css",
                "external-secrets.io/v1 externalsecrets ExternalSecret status short=es",
                "external-secrets.io/v1 secretstores SecretStore status short=ss"),
            .. ChartText.Workload("Deployment", request.Namespace, name, Image, ("", "args: [--concurrent=1]", "")),
        ];
    }
}
