using Orrery.Model.Platforms;
using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Kinds;
using Orrery.Model.Spec.Schema;

namespace Orrery.Model.Spec.Checks;

/// <summary>Whether an edge leads anywhere.</summary>
internal static class EdgeChecks
{
    private const string Server = "powerdns";

    public static void Run(ClusterView cluster, Problems problems)
    {
        if (cluster.Spec.Find(ClusterKind.Edge) is not { } edge)
            return;
        if (edge.Find(EdgeFields.SniPassthrough) is { Count: > 0 })
            NeedsPool(cluster, edge, EdgeFields.SniPassthrough, ClusterEdge.IngressPool, problems);
        if (!edge.TryGet(EdgeFields.SecondaryDns, out var isSecondary) || !isSecondary)
            return;
        NeedsPool(cluster, edge, EdgeFields.SecondaryDns, ClusterEdge.DnsPool, problems);
        if (cluster.Components.Node.Entries.All(entry => entry.Key != Server))
        {
            problems.Add(
                CheckCodes.EdgeLeadsNowhere,
                edge.MarkOf(EdgeFields.SecondaryDns),
                "Zones are transferred from the cluster's PowerDNS, and it has none.",
                $"add `{Server}:` to the components");
        }

        if (cluster.Declared.Platform?.Spec.Find(PlatformKind.Domain) is null)
        {
            problems.Add(
                CheckCodes.EdgeLeadsNowhere,
                edge.MarkOf(EdgeFields.SecondaryDns),
                "The zone is the platform's domain, and it has none.",
                "write `domain:` in the Platform");
        }
    }

    private static void NeedsPool(ClusterView cluster, Section edge, Field field, string pool, Problems problems)
    {
        var balancer = cluster.Network.Under(NetworkFields.LoadBalancer);
        var pools = (balancer.Find(CniFields.Metallb) ?? balancer.Find(CniFields.CiliumPools))?.Find(CniFields.Pools);
        if (pools?.Any(each => each.Name == pool) == true)
            return;
        problems.Add(
            CheckCodes.EdgeLeadsNowhere,
            edge.MarkOf(field),
            $"It leads to the first address of the pool \"{pool}\", and no load balancer has one.",
            $"declare it: `loadBalancer: {{ metallb: {{ pools: {{ {pool}: [ADDRESS] }} }} }}`");
    }
}
