using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>
/// What LimitRanges give containers and claims and refuse them: defaults, minimum and maximum
/// (https://kubernetes.io/docs/concepts/policy/limit-range/). Those of whole pods and ratios are not simulated.
/// </summary>
internal static class LimitRanges
{
    /// <summary>Requests and limits that a pod's containers do not name.</summary>
    public static void Complete(ClusterStore store, JsonObject pod)
    {
        foreach (var limit in Items(store, pod.TextAt("metadata", "namespace"), "Container"))
        {
            // Limits default to the maximum, requests to the limits.
            var limits = limit["default"] as JsonObject ?? limit["max"] as JsonObject ?? [];
            var requests = limit["defaultRequest"] as JsonObject ?? limits;
            foreach (var container in Containers(pod))
            {
                // A request that follows from the container's own limit is that limit.
                foreach (var (name, own) in container.At("resources", "limits") as JsonObject ?? [])
                    container.Child("resources").Child("requests").TryAdd(name, own?.DeepClone());
                Fill(container, "limits", limits);
                Fill(container, "requests", requests);
            }
        }
    }

    public static void Check(ClusterStore store, ResourceKind kind, JsonObject item)
    {
        var space = item.TextAt("metadata", "namespace");
        string[] problems = kind.Kind switch
        {
            "Pod" => [.. Items(store, space, "Container").SelectMany(limit => Containers(item)
                .SelectMany(container => Problems(limit, container["resources"], "Container")))],
            "PersistentVolumeClaim" => [.. Items(store, space, "PersistentVolumeClaim")
                .SelectMany(limit => Problems(limit, item.At("spec", "resources"), "PersistentVolumeClaim"))],
            _ => [],
        };
        if (problems.Length > 0)
        {
            throw ApiFailure.Forbidden(
                kind, item.TextAt("metadata", "name") ?? "",
                problems.Length == 1 ? problems[0] : $"[{string.Join(", ", problems)}]");
        }
    }

    private static void Fill(JsonObject container, string part, JsonObject given)
    {
        foreach (var (name, amount) in given)
            container.Child("resources").Child(part).TryAdd(name, amount?.DeepClone());
    }

    private static IEnumerable<string> Problems(JsonObject limit, JsonNode? resources, string type)
    {
        foreach (var (name, most) in limit["max"] as JsonObject ?? [])
        {
            // A claim has no limit: what it requests counts.
            var given = type == "Container" ? resources.At("limits", name) : resources.At("requests", name);
            if (given is null)
                yield return $"maximum {name} usage per {type} is {Quantity.Show(most)}.  No limit is specified";
            else if (Quantity.Of(given) > Quantity.Of(most))
            {
                yield return $"maximum {name} usage per {type} is {Quantity.Show(most)}, "
                    + $"but limit is {Quantity.Show(given)}";
            }
        }

        foreach (var (name, least) in limit["min"] as JsonObject ?? [])
        {
            var given = resources.At("requests", name);
            if (given is null)
                yield return $"minimum {name} usage per {type} is {Quantity.Show(least)}.  No request is specified";
            else if (Quantity.Of(given) < Quantity.Of(least))
            {
                yield return $"minimum {name} usage per {type} is {Quantity.Show(least)}, "
                    + $"but request is {Quantity.Show(given)}";
            }
        }
    }

    private static IEnumerable<JsonObject> Items(ClusterStore store, string? space, string type) => space is null
        ? []
        : store.List("v1", "LimitRange", space)
            .SelectMany(range => range.At("spec", "limits") as JsonArray ?? []).OfType<JsonObject>()
            .Where(limit => limit.TextAt("type") == type);

    private static IEnumerable<JsonObject> Containers(JsonObject pod) =>
        Defaults.Containers(pod.Child("spec")).Select(each => each.Container);
}
