using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>
/// Quotas on the number of objects (<c>count/pods</c>, <c>pods</c>), and on what pods request and may use of CPU and
/// memory (https://kubernetes.io/docs/concepts/policy/resource-quotas/). Those on storage, and scopes, are not
/// simulated.
/// </summary>
internal static class Quotas
{
    public static void Check(ClusterStore store, ResourceKind kind, JsonObject item)
    {
        var ns = item.TextAt("metadata", "namespace");
        if (ns is null)
            return;
        foreach (var quota in store.List("v1", "ResourceQuota", ns))
        {
            foreach (var (name, limit) in quota.At("spec", "hard") as JsonObject ?? [])
            {
                if (Quantity.Of(limit) is not { } hard)
                    continue;
                var counted = name.StartsWith("count/", StringComparison.Ordinal) ? name[6..] : name;
                var there = store.Table.All(kind).Where(each => each.TextAt("metadata", "namespace") == ns);
                if (counted == kind.QualifiedPlural)
                    Refuse(kind, item, quota, (name, 1, there.Count(), hard));
                else if (kind.Kind == "Pod" && AmountOf(name) is { } amount)
                    CheckAmount(kind, item, quota, (name, amount.Part, amount.Resource, hard, there));
            }
        }
    }

    private static void CheckAmount(
        ResourceKind kind, JsonObject pod, JsonObject quota,
        (string Name, string Part, string Resource, decimal Hard, IEnumerable<JsonObject> There) rule)
    {
        // Where an amount is limited, everybody must say how much of it they want.
        var silent = (pod.At("spec", "containers") as JsonArray ?? [])
            .Where(each => each.At("resources", rule.Part, rule.Resource) is null)
            .Select(each => each.TextAt("name")).ToArray();
        if (silent.Length > 0)
        {
            throw ApiFailure.Forbidden(kind, pod.TextAt("metadata", "name") ?? "",
                $"failed quota: {quota.TextAt("metadata", "name")}: must specify {rule.Name} for: "
                + string.Join(",", silent));
        }

        var used = rule.There.Where(each => each.TextAt("status", "phase") is not ("Succeeded" or "Failed"))
            .Sum(each => Total(each, rule.Part, rule.Resource));
        Refuse(kind, pod, quota, (rule.Name, Total(pod, rule.Part, rule.Resource), used, rule.Hard));
    }

    private static void Refuse(
        ResourceKind kind, JsonObject item, JsonObject quota,
        (string Name, decimal Requested, decimal Used, decimal Hard) of)
    {
        if (of.Used + of.Requested <= of.Hard)
            return;
        var amounts = string.Create(
            CultureInfo.InvariantCulture,
            $"requested: {of.Name}={of.Requested:0.###}, used: {of.Name}={of.Used:0.###}, "
            + $"limited: {of.Name}={of.Hard:0.###}");
        throw ApiFailure.Forbidden(
            kind, item.TextAt("metadata", "name") ?? "",
            $"exceeded quota: {quota.TextAt("metadata", "name")}, {amounts}");
    }

    private static (string Part, string Resource)? AmountOf(string name) => name switch
    {
        "cpu" or "memory" => ("requests", name),
        "requests.cpu" or "requests.memory" or "limits.cpu" or "limits.memory" =>
            (name[..name.IndexOf('.')], name[(name.IndexOf('.') + 1)..]),
        _ => null,
    };

    /// <summary>Init containers run one after the other before the rest.</summary>
    private static decimal Total(JsonObject pod, string part, string resource)
    {
        decimal Amount(JsonNode? container) => Quantity.Of(container.At("resources", part, resource)) ?? 0;
        var running = (pod.At("spec", "containers") as JsonArray ?? []).Sum(Amount);
        var first = (pod.At("spec", "initContainers") as JsonArray ?? []).Select(Amount).DefaultIfEmpty(0).Max();
        return Math.Max(running, first);
    }
}
