using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Pods;

/// <summary>The environment of a pod's containers, as far as it comes of Secrets and ConfigMaps.</summary>
internal static class PodEnvironment
{
    /// <summary>What kubelet says where something is missing that is not optional, or null.</summary>
    public static string? Problem(ClusterStore store, JsonObject pod)
    {
        foreach (var container in pod.At("spec", "containers").Items())
        {
            var single = container["env"].Items().SelectMany(variable => new[]
            {
                ("Secret", variable.At("valueFrom", "secretKeyRef")),
                ("ConfigMap", variable.At("valueFrom", "configMapKeyRef")),
            });
            var whole = container["envFrom"].Items().SelectMany(source => new[]
            {
                ("Secret", source["secretRef"]),
                ("ConfigMap", source["configMapRef"]),
            });
            foreach (var (kind, reference) in single.Concat(whole))
            {
                if (reference is not null && ProblemOf(store, pod.Namespace(), kind, reference) is { } problem)
                    return problem;
            }
        }

        return null;
    }

    private static string? ProblemOf(ClusterStore store, string ns, string kind, JsonNode reference)
    {
        if (reference["optional"].IsTrue())
            return null;
        var name = reference.TextAt("name") ?? "";
        if (store.Peek("v1", kind, ns, name) is not { } item)
            return $"{kind.ToLowerInvariant()} \"{name}\" not found";
        return reference.TextAt("key") is { } key && item.At("data", key) is null && item.At("binaryData", key) is null
            ? $"couldn't find key {key} in {kind} {ns}/{name}"
            : null;
    }
}
