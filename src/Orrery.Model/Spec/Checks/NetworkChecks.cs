using Orrery.Model.Platforms;
using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Kinds;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Checks;

/// <summary>Networks of one cluster, whether addresses suffice, and whether its edge leads anywhere.</summary>
internal static class NetworkChecks
{
    /// <summary>From which zones are transferred.</summary>
    private const string Server = "powerdns";

    private static readonly Field<ValueList<AddressRange>>[] Networks =
        [NetworkFields.Nodes, NetworkFields.Pods, NetworkFields.Services];

    private sealed record Network(AddressRange Range, Field Field);

    public static void Run(ClusterView cluster, Problems problems)
    {
        Overlaps(cluster.Network, problems);
        Suffices(cluster, problems);
        Edge(cluster, problems);
    }

    private static void Overlaps(Section network, Problems problems)
    {
        var seen = new List<Network>();
        foreach (var field in Networks)
        {
            foreach (var range in network.Find(field) ?? [])
            {
                foreach (var other in seen.Where(other => other.Range.Overlaps(range)))
                {
                    problems.Add(
                        CheckCodes.OverlappingNetworks,
                        network.MarkOf(field),
                        $"{range.ToCidr()} of `{field.Name}` overlaps {other.Range.ToCidr()} of `{other.Field.Name}`.",
                        "choose a network that nothing else uses");
                }

                seen.Add(new Network(range, field));
            }
        }
    }

    private static void Suffices(ClusterView cluster, Problems problems)
    {
        var unaddressed = 0;
        foreach (var pool in cluster.Pools)
        {
            var count = ClusterView.CountOf(pool);
            if (pool.Value.Find(NodePoolFields.Addresses) is not { } addresses)
                unaddressed += count;
            else if (Sum(addresses) < count)
                Report(
                    pool.Value.MarkOf(NodePoolFields.Addresses),
                    $"The pool \"{pool.Name}\" has {count} nodes, and addresses for {Sum(addresses)}.",
                    problems);
        }

        var shared = cluster.Network.Find(NetworkFields.Addresses);
        if (shared is null && unaddressed > 0 && cluster is { Talos: not null, Proxmox: not null })
        {
            Report(
                cluster.NameMark,
                $"Nodes of \"{cluster.Name}\" have no address ({unaddressed}), and nobody could find them.",
                problems);
        }
        else if (shared is not null && Sum(shared) < unaddressed)
        {
            Report(
                cluster.Network.MarkOf(NetworkFields.Addresses),
                $"Pools without addresses of their own have {unaddressed} nodes; there is room for {Sum(shared)}.",
                problems);
        }
    }

    /// <summary>How many addresses there are together; no more than a declaration could ever use.</summary>
    public static long Sum(IEnumerable<AddressRange> ranges)
    {
        var sum = 0L;
        foreach (var range in ranges)
            sum += Math.Min(range.Count, int.MaxValue);
        return sum;
    }

    private static void Report(Yaml.Mark mark, string detail, Problems problems) =>
        problems.Add(CheckCodes.TooFewAddresses, mark, detail, "add addresses, or lower the count");

    /// <summary>Whether an edge leads anywhere.</summary>
    private static void Edge(ClusterView cluster, Problems problems)
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
