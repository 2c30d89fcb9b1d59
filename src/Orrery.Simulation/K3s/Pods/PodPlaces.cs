using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.K3s.Pods;

/// <summary>On which nodes a pod may be: https://kubernetes.io/docs/concepts/scheduling-eviction.</summary>
internal static class PodPlaces
{
    private const string NotReady = "node.kubernetes.io/not-ready";
    private const string Unschedulable = "node.kubernetes.io/unschedulable";

    /// <summary>A pod of a DaemonSet is for one node, and stays there while that is not well.</summary>
    public static JsonObject Bind(JsonObject pod, string node)
    {
        var spec = pod.Child("spec");
        var match = new JsonObject
        {
            ["key"] = "metadata.name",
            ["operator"] = "In",
            ["values"] = new JsonArray(node),
        };
        spec.Child("affinity").Child("nodeAffinity").Child("requiredDuringSchedulingIgnoredDuringExecution")[
            "nodeSelectorTerms"] = new JsonArray(new JsonObject { ["matchFields"] = new JsonArray(match) });
        var tolerations = spec["tolerations"] as JsonArray ?? [];
        foreach (var taint in new[] { NotReady, "node.kubernetes.io/unreachable", Unschedulable })
            tolerations.Add((JsonNode)new JsonObject { ["key"] = taint, ["operator"] = "Exists" });
        if (tolerations.Parent is null)
            spec["tolerations"] = tolerations;
        return pod;
    }

    /// <summary>The node that a pod is bound to; null where it may be on several.</summary>
    public static string? BoundTo(JsonObject pod) => pod.At(
        "spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
        .Items().SelectMany(term => term["matchFields"].Items())
        .SelectMany(match => match["values"] as JsonArray ?? []).Select(value => value.Text()).FirstOrDefault();

    /// <summary>A template's selector means this node, and it tolerates what keeps others away for good.</summary>
    public static bool Selects(JsonNode? template, JsonObject node) =>
        (template.At("spec", "nodeSelector") as JsonObject ?? [])
            .All(pair => node.Labels()?[pair.Key].Text() == pair.Value.Text())
        && TaintsOf(node).Where(taint => taint is not (NotReady or Unschedulable))
            .All(taint => Tolerates(template, taint));

    /// <summary>The taint that a pod does not tolerate; null where it may be there.</summary>
    public static string? Keeps(JsonObject pod, JsonObject node) =>
        TaintsOf(node).FirstOrDefault(taint => !Tolerates(pod, taint));

    private static IEnumerable<string> TaintsOf(JsonObject node)
    {
        // What the controllers of nodes write as soon as they see it.
        if (node.Condition("Ready") != "True")
            yield return NotReady;
        if (node.At("spec", "unschedulable").IsTrue())
            yield return Unschedulable;
        foreach (var taint in node.At("spec", "taints").Items())
        {
            if (taint.TextAt("key") is { } key && taint.TextAt("effect") != "PreferNoSchedule"
                && key is not (NotReady or Unschedulable))
            {
                yield return key;
            }
        }
    }

    private static bool Tolerates(JsonNode? pod, string taint) => pod.At("spec", "tolerations").Items().Any(each =>
        each.TextAt("key") is null or "" ? each.TextAt("operator") == "Exists" : each.TextAt("key") == taint);
}
