using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.ArgoCd.Rendering;

/// <summary>What kustomize sets in all objects.</summary>
internal static class Transformers
{
    private static readonly HashSet<(string ApiVersion, string Kind)> OfTheCluster =
        [.. KindTable.BuiltIn.Where(kind => !kind.IsNamespaced).Select(kind => (kind.ApiVersion, kind.Kind))];

    /// <summary>Kinds that Kubernetes itself has outside of namespaces.</summary>
    public static bool IsOfTheCluster(JsonObject item) =>
        OfTheCluster.Contains((item.TextAt("apiVersion") ?? "", item.TextAt("kind") ?? ""));

    public static void SetNamespace(List<JsonObject> objects, string? ns)
    {
        if (ns is not { Length: > 0 })
            return;
        foreach (var item in objects)
        {
            if (item.TextAt("kind") == "Namespace")
                item.Child("metadata")["name"] = ns;
            else if (!IsOfTheCluster(item))
                item.Child("metadata")["namespace"] = ns;
        }
    }

    public static void SetLabels(List<JsonObject> objects, JsonObject kustomization)
    {
        var common = kustomization["commonLabels"] as JsonObject ?? [];
        foreach (var item in objects)
        {
            Set(item, common, isSelector: true, isTemplate: true);
            foreach (var entry in kustomization["labels"] as JsonArray ?? [])
            {
                Set(
                    item, entry.At("pairs") as JsonObject ?? [], entry.At("includeSelectors").IsTrue(),
                    entry.At("includeTemplates").IsTrue());
            }
        }
    }

    public static void SetAnnotations(List<JsonObject> objects, JsonObject annotations)
    {
        if (annotations.Count == 0)
            return;
        foreach (var item in objects)
        {
            Fill(item.Child("metadata").Child("annotations"), annotations);
            if (item.At("spec", "template", "metadata") is JsonObject template)
                Fill(template.Child("annotations"), annotations);
        }
    }

    public static void SetReplicas(List<JsonObject> objects, JsonArray replicas)
    {
        foreach (var entry in replicas)
        {
            foreach (var item in objects.Where(item =>
                item.TextAt("metadata", "name") == entry.TextAt("name")
                && item.TextAt("kind") is "Deployment" or "StatefulSet" or "ReplicaSet"))
            {
                item.Child("spec")["replicas"] = entry.At("count")?.DeepClone();
            }
        }
    }

    private static void Set(JsonObject item, JsonObject pairs, bool isSelector, bool isTemplate)
    {
        if (pairs.Count == 0)
            return;
        Fill(item.Child("metadata").Child("labels"), pairs);
        var kind = item.TextAt("kind");
        var isWorkload = kind is "Deployment" or "StatefulSet" or "DaemonSet" or "ReplicaSet" or "Job";
        if (isWorkload && (isSelector || isTemplate))
            Fill(item.Child("spec").Child("template").Child("metadata").Child("labels"), pairs);
        if (!isSelector)
            return;
        if (isWorkload && kind != "Job")
            Fill(item.Child("spec").Child("selector").Child("matchLabels"), pairs);
        else if (kind == "Service" && item.At("spec", "selector") is JsonObject selector)
            Fill(selector, pairs);
    }

    private static void Fill(JsonObject target, JsonObject pairs)
    {
        foreach (var (name, value) in pairs)
            target[name] = value?.DeepClone();
    }
}
