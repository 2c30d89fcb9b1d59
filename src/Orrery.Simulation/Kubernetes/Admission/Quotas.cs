using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>
/// Quotas on the number of objects (<c>count/pods</c>, <c>pods</c>); those on amounts are not simulated.
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
                var counted = name.StartsWith("count/", StringComparison.Ordinal) ? name[6..] : name;
                var text = limit.Text() ?? limit?.ToJsonString();
                if (counted != kind.QualifiedPlural
                    || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var hard))
                {
                    continue;
                }

                var used = store.Table.All(kind).Count(each => each.TextAt("metadata", "namespace") == ns);
                if (used + 1 > hard)
                {
                    throw ApiFailure.Forbidden(kind, item.TextAt("metadata", "name") ?? "",
                        $"exceeded quota: {quota.TextAt("metadata", "name")}, requested: {name}=1, "
                        + $"used: {name}={used}, limited: {name}={hard}");
                }
            }
        }
    }
}
