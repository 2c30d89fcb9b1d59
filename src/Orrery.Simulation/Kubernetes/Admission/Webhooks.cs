using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>
/// Admission webhooks. Nobody answers them in the simulation, so one that must answer refuses, as the real server does
/// when the webhook's Service is not there, and one that may fail is passed over.
/// </summary>
internal static class Webhooks
{
    public static void Check(ClusterStore store, ResourceKind kind, JsonObject item, string operation)
    {
        if (kind.Group == "admissionregistration.k8s.io")
            return;
        foreach (var name in new[] { "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration" })
        {
            var hooks = store.List("admissionregistration.k8s.io/v1", name)
                .SelectMany(configuration => configuration["webhooks"] as JsonArray ?? []).OfType<JsonObject>();
            foreach (var hook in hooks)
            {
                if (hook["failurePolicy"].Text() == "Fail" && Matches(store, hook, kind, item, operation))
                    throw Failure(store, hook);
            }
        }
    }

    private static bool Matches(
        ClusterStore store, JsonObject hook, ResourceKind kind, JsonObject item, string operation)
    {
        var isRuled = (hook["rules"] as JsonArray ?? []).Any(rule =>
            Has(rule.At("operations"), operation) && Has(rule.At("apiGroups"), kind.Group)
            && Has(rule.At("apiVersions"), kind.Version) && Has(rule.At("resources"), kind.Plural)
            && (rule.TextAt("scope") != "Namespaced" || kind.IsNamespaced)
            && (rule.TextAt("scope") != "Cluster" || !kind.IsNamespaced));
        if (!isRuled || !LabelSelector.FromObject(hook["objectSelector"]).Matches(Labels(item)))
            return false;
        var ns = store.Get("v1", "Namespace", "", item.TextAt("metadata", "namespace") ?? "");
        return !kind.IsNamespaced || LabelSelector.FromObject(hook["namespaceSelector"]).Matches(Labels(ns));
    }

    private static JsonObject? Labels(JsonObject? item) => item.At("metadata", "labels") as JsonObject;

    private static bool Has(JsonNode? list, string value) =>
        (list as JsonArray ?? []).Any(each => each.Text() is { } text && (text == "*" || text == value));

    private static ApiFailure Failure(ClusterStore store, JsonObject hook)
    {
        var name = hook["name"].Text();
        var timeout = hook["timeoutSeconds"].Number() ?? 10;
        var service = hook.At("clientConfig", "service");
        if (service is null)
        {
            return ApiFailure.Internal($"failed calling webhook \"{name}\": failed to call webhook: "
                + $"Post \"{hook.TextAt("clientConfig", "url")}?timeout={timeout}s\": dial tcp: no such host");
        }

        var (ns, host) = (service.TextAt("namespace") ?? "", service.TextAt("name") ?? "");
        var port = service.At("port").Number() ?? 443;
        var url = $"https://{host}.{ns}.svc:{port}{service.TextAt("path")}?timeout={timeout}s";
        var why = store.Get("v1", "Service", ns, host) is null
            ? $"service \"{host}\" not found"
            : $"no endpoints available for service \"{host}\"";
        return ApiFailure.Internal($"failed calling webhook \"{name}\": failed to call webhook: Post \"{url}\": {why}");
    }
}
