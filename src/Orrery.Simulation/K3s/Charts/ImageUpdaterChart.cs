using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.K3s.Charts;

/// <summary>argocd-image-updater of https://github.com/argoproj/argo-helm, which brings its own kind.</summary>
internal static class ImageUpdaterChart
{
    public static IEnumerable<JsonObject> Objects(ChartRequest request)
    {
        var name = request.Values.Text(request.Release, "fullnameOverride");
        var container = $"args: {Arguments(request.Values)}";
        return
        [
            .. CustomKinds.Of("argocd-image-updater.argoproj.io/v1alpha1 imageupdaters ImageUpdater status"),
            Control.Objects.Of("v1", "ConfigMap", request.Namespace, name + "-config").With("data", new JsonObject
            {
                ["registries.conf"] = "registries: " + request.Values.Json("[]", "config", "registries") + "\n",
            }),
            .. ChartText.Workload("Deployment", request.Namespace, name,
                "quay.io/argoprojlabs/argocd-image-updater:v1.2.2", ("", container, "")),
        ];
    }

    private static string Arguments(JsonObject values) =>
        JsonText.Of(new JsonArray(
            ["run", .. (values.At("extraArgs") as JsonArray ?? []).Select(each => each?.DeepClone())]));
}
