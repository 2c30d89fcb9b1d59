using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.K3s.Charts;

/// <summary>argo-cd of https://github.com/argoproj/argo-helm: its names and its values.</summary>
internal static class ArgoCdChart
{
    private const string Image = "quay.io/argoproj/argocd:v3.5.1";

    public static IEnumerable<JsonObject> Objects(ChartRequest request)
    {
        var (ns, values) = (request.Namespace, request.Values);
        var full = values.Text($"{request.Release}-argocd", "fullnameOverride");
        foreach (var definition in CustomKinds.Of(
            "argoproj.io/v1alpha1 applications Application short=app,apps",
            "argoproj.io/v1alpha1 applicationsets ApplicationSet status short=appset,appsets",
            "argoproj.io/v1alpha1 appprojects AppProject short=appproj,appprojs"))
        {
            yield return definition;
        }

        yield return Config(ns, "argocd-cm", values.At("configs", "cm"), new()
        {
            ["application.instanceLabelKey"] = "argocd.argoproj.io/instance",
            ["timeout.reconciliation"] = "180s",
        });
        yield return Config(ns, "argocd-cmd-params-cm", values.At("configs", "params"), []);
        yield return Config(ns, "argocd-rbac-cm", values.At("configs", "rbac"), []);
        yield return Part("v1", "Secret", ns, "argocd-secret").With("type", "Opaque");
        var parts = new List<(string Kind, string Name, string Image)>
        {
            ("StatefulSet", "application-controller", Image),
            ("Deployment", "applicationset-controller", Image),
            ("Deployment", "redis", "ecr-public.aws.com/docker/library/redis:8.2.3-alpine"),
            ("Deployment", "repo-server", Image),
            ("Deployment", "server", Image),
        };
        if (values.Is(true, "dex", "enabled"))
            parts.Add(("Deployment", "dex-server", "ghcr.io/dexidp/dex:v2.44.0"));
        if (values.Is(true, "notifications", "enabled"))
            parts.Add(("Deployment", "notifications-controller", Image));
        foreach (var (kind, name, image) in parts)
        {
            var more = name == "repo-server" ? OfRepoServer(values) : default;
            foreach (var item in ChartText.Workload(kind, ns, $"{full}-{name}", image, more))
                yield return item;
        }

        foreach (var item in ChartText.Service(
            ns, $"{full}-server", ("argocd-server", $"{full}-server"), 80, 8080))
            yield return item;
        foreach (var item in ChartText.Service(
            ns, $"{full}-repo-server", ("argocd-repo-server", $"{full}-repo-server"), 8081, 8081))
            yield return item;
    }

    /// <summary>What people add to the pod that renders, so that plugins and their keys are there.</summary>
    private static (string Pod, string Container, string Spec) OfRepoServer(JsonObject values)
    {
        return (Lines("initContainers", "volumes"), Lines("env", "volumeMounts"), "");

        string Lines(params IEnumerable<string> names) => string.Join('\n', names
            .Where(name => values.At("repoServer", name) is JsonArray { Count: > 0 })
            .Select(name => $"{name}: {values.Json("[]", "repoServer", name)}"));
    }

    private static JsonObject Config(string ns, string name, JsonNode? given, JsonObject data)
    {
        foreach (var (key, value) in given as JsonObject ?? [])
        {
            if (value is JsonValue && key != "create")
                data[key] = value.Text() ?? value.ToJsonString();
        }

        return Part("v1", "ConfigMap", ns, name).With("data", data);
    }

    private static JsonObject Part(string apiVersion, string kind, string ns, string name) =>
        Control.Objects.Of(apiVersion, kind, ns, name).Labelled("app.kubernetes.io/part-of", "argocd");
}
