using System.Text.Json.Nodes;
using Orrery.Simulation.Faults;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Workloads;

/// <summary>Pods as controllers make them from the template of a workload.</summary>
internal static class PodTemplate
{
    // The alphabet of generated names: without vowels and without what looks alike.
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>A mark of a template's contents, as the label <c>pod-template-hash</c> has it.</summary>
    public static string HashOf(JsonObject workload)
    {
        var rest = StableHash.Of(0).And(JsonText.Of(workload.At("spec", "template"))).Value;
        return string.Create(10, rest, static (text, value) =>
        {
            for (var i = 0; i < text.Length; i++, value /= (ulong)Alphabet.Length)
                text[i] = Alphabet[(int)(value % (ulong)Alphabet.Length)];
        });
    }

    /// <summary>A pod that belongs to its workload, still without a name.</summary>
    public static JsonObject PodOf(JsonObject workload)
    {
        var template = workload.At("spec", "template");
        var pod = Objects.Of("v1", "Pod", workload.Namespace(), "");
        var metadata = pod.Child("metadata");
        metadata.Remove("name");
        foreach (var part in new[] { "labels", "annotations" })
        {
            if (template.At("metadata", part) is { } value)
                metadata[part] = value.DeepClone();
        }

        pod["spec"] = template.At("spec")?.DeepClone() ?? new JsonObject();
        return pod.OwnedBy(workload);
    }

    /// <summary>The pods of a workload that are not going, by name.</summary>
    public static List<JsonObject> PodsOf(ClusterStore store, JsonObject workload)
    {
        var uid = workload.Uid();
        return [.. store.PeekAll("v1", "Pod", workload.Namespace())
            .Where(pod => !pod.IsGoing() && pod.IsOwnedBy(uid))];
    }

    public static bool IsReady(this JsonObject pod) => pod.Condition("Ready") == "True";

    public static bool IsFinished(this JsonObject pod) => pod.TextAt("status", "phase") is "Succeeded" or "Failed";

    /// <summary>The owner of a kind as something to look at.</summary>
    public static IEnumerable<ObjectKey> OwnerOf(JsonObject item, string kind) =>
        item.At("metadata", "ownerReferences").Items().Where(owner => owner.TextAt("kind") == kind)
            .Select(owner => new ObjectKey(item.Namespace(), owner.TextAt("name") ?? ""));

    public static int Replicas(this JsonObject workload) =>
        (int)(workload.At("spec", "replicas").Number() ?? 1);
}
