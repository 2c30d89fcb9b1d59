using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.K3s.Charts;

/// <summary>
/// flux2 of https://github.com/fluxcd-community/helm-charts: its names, its values, and the rules of its kinds that
/// people break.
/// </summary>
internal static class FluxChart
{
    private const string Toolkit = "toolkit.fluxcd.io";

    // values.yaml of the version 2.18.3.
    private static readonly (string Value, string Name, string Tag)[] Controllers =
    [
        ("helmController", "helm-controller", "v1.5.3"),
        ("imageAutomationController", "image-automation-controller", "v1.1.1"),
        ("imageReflectionController", "image-reflector-controller", "v1.1.1"),
        ("kustomizeController", "kustomize-controller", "v1.8.3"),
        ("notificationController", "notification-controller", "v1.8.3"),
        ("sourceController", "source-controller", "v1.8.2"),
    ];

    public static IEnumerable<JsonObject> Objects(ChartRequest request)
    {
        foreach (var definition in CustomKinds.Of(
            $"source.{Toolkit}/v1 buckets Bucket status",
            $"source.{Toolkit}/v1 gitrepositories GitRepository status short=gitrepo",
            $"source.{Toolkit}/v1 helmcharts HelmChart status short=hc",
            $"source.{Toolkit}/v1 helmrepositories HelmRepository status short=helmrepo",
            $"source.{Toolkit}/v1 ocirepositories OCIRepository status short=ocirepo",
            $"kustomize.{Toolkit}/v1 kustomizations Kustomization status short=ks",
            $"helm.{Toolkit}/v2 helmreleases HelmRelease status short=hr",
            $"notification.{Toolkit}/v1beta3 alerts Alert",
            $"notification.{Toolkit}/v1beta3 providers Provider",
            $"notification.{Toolkit}/v1 receivers Receiver status"))
        {
            yield return Ruled(definition);
        }

        foreach (var (value, name, tag) in Controllers)
        {
            if (!request.Values.Is(true, value, "create"))
                continue;
            var arguments = new JsonArray(
                [.. (request.Values.At(value, "container", "additionalArgs") as JsonArray ?? [])
                    .Select(each => each?.DeepClone())]);
            var container = $"args: {JsonText.Of(arguments)}";
            foreach (var item in ChartText.Workload("Deployment", request.Namespace, name,
                $"ghcr.io/fluxcd/{name}:{tag}", ("", container, "")))
                yield return item;
        }

        foreach (var name in (string[])["notification-controller", "source-controller"])
        {
            foreach (var item in ChartText.Service(request.Namespace, name, (name, name), 80, 9090))
                yield return item;
        }
    }

    /// <summary>What the API server refuses by itself: fields that must be there, and how a URL begins.</summary>
    private static JsonObject Ruled(JsonObject definition)
    {
        var spec = definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!;
        JsonObject Text(string pattern) => new() { ["type"] = "string", ["pattern"] = pattern };
        switch (definition.TextAt("spec", "names", "kind"))
        {
            case "GitRepository":
                spec["required"] = new JsonArray("interval", "url");
                spec["properties"] = new JsonObject { ["url"] = Text("^(http|https|ssh)://.*$") };
                break;
            case "HelmRepository":
                spec["required"] = new JsonArray("url");
                spec["properties"] = new JsonObject { ["url"] = Text("^(http|https|oci)://.*$") };
                break;
            case "HelmRelease":
                spec["required"] = new JsonArray("interval");
                break;
            case "Kustomization":
                spec["required"] = new JsonArray("interval", "prune", "sourceRef");
                spec["properties"] = new JsonObject { ["decryption"] = Decryption() };
                break;
            default:
                break;
        }

        return definition;
    }

    private static JsonObject Decryption() => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray("provider"),
        ["properties"] = new JsonObject
        {
            ["provider"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray("sops") },
            ["secretRef"] = new JsonObject
            {
                ["type"] = "object",
                ["required"] = new JsonArray("name"),
                ["properties"] = new JsonObject { ["name"] = new JsonObject { ["type"] = "string" } },
            },
        },
    };
}
