using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.Kubernetes.Routes;

/// <summary>Whether a pod's disruption budgets let it go.</summary>
internal static class Disruptions
{
    public static void Check(ClusterStore store, JsonObject pod)
    {
        var labels = pod.At("metadata", "labels") as JsonObject;
        foreach (var budget in store.List("policy/v1", "PodDisruptionBudget", pod.TextAt("metadata", "namespace")))
        {
            if (!LabelSelector.FromObject(budget.At("spec", "selector")).Matches(labels))
            {
                continue;
            }

            if (budget.At("status", "disruptionsAllowed").Number() is > 0 and var allowed)
            {
                // At once, so that two requests do not use the same permission.
                budget.Child("status")["disruptionsAllowed"] = allowed - 1;
                store.Update(budget, new WriteOptions { Manager = "kube-apiserver", Subresource = "status" });
                continue;
            }

            var name = budget.TextAt("metadata", "name");
            throw new ApiFailure(
                429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.")
            {
                Details = new JsonObject
                {
                    ["causes"] = new JsonArray(new JsonObject
                    {
                        ["reason"] = "DisruptionBudget",
                        ["message"] = $"The disruption budget {name} needs "
                            + $"{budget.At("status", "desiredHealthy").Number() ?? 0} healthy pods and has "
                            + $"{budget.At("status", "currentHealthy").Number() ?? 0} currently",
                    }),
                },
            };
        }
    }
}
