using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Spec.Yaml;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Checks;

/// <summary>Addresses within and between clusters: outside of their network, used twice, handed out by DHCP.</summary>
internal static class AddressChecks
{
    /// <summary>An address in use: by what, and where that is written.</summary>
    private sealed record Use(AddressRange Range, string By, Mark Mark);

    public static void Run(IReadOnlyList<ClusterView> clusters, Problems problems)
    {
        var uses = new List<Use>();
        foreach (var cluster in clusters)
        {
            var own = UsesOf(cluster).ToArray();
            Outside(cluster, own, problems);
            Dhcp(cluster, own, problems);
            uses.AddRange(own);
        }

        Twice(uses, problems);
        AdoptedTwice(clusters, problems);
    }

    private static IEnumerable<Use> UsesOf(ClusterView cluster)
    {
        var network = cluster.Network;
        if (network.Under(NetworkFields.ApiServer) is var api && api.TryGet(NetworkFields.Vip, out var vip))
            yield return new Use(vip, $"the API server of \"{cluster.Name}\"", api.MarkOf(NetworkFields.Vip));
        foreach (var range in network.Find(NetworkFields.Addresses) ?? [])
            yield return new Use(range, $"nodes of \"{cluster.Name}\"", network.MarkOf(NetworkFields.Addresses));
        foreach (var pool in cluster.Pools)
        {
            foreach (var range in pool.Value.Find(NodePoolFields.Addresses) ?? [])
                yield return new Use(range, $"the pool \"{pool.Name}\"", pool.Value.MarkOf(NodePoolFields.Addresses));
        }

        var balancer = network.Under(NetworkFields.LoadBalancer);
        var pools = balancer.Find(CniFields.Metallb) ?? balancer.Find(CniFields.CiliumPools);
        foreach (var pool in pools?.Find(CniFields.Pools) ?? [])
        {
            foreach (var range in pool.Value)
                yield return new Use(range, $"services of \"{cluster.Name}\" (pool \"{pool.Name}\")", pool.Mark);
        }
    }

    private static void Outside(ClusterView cluster, IReadOnlyList<Use> uses, Problems problems)
    {
        if (cluster.Network.Find(NetworkFields.Nodes) is not { Count: > 0 } networks)
            return;
        var gateway = cluster.Network.TryGet(NetworkFields.Gateway, out var address)
            ? [new Use(address, "the gateway", cluster.Network.MarkOf(NetworkFields.Gateway))]
            : Array.Empty<Use>();
        var known = Sentences.List([.. networks.Select(network => network.ToCidr())]);
        foreach (var use in uses.Concat(gateway).Where(use => !networks.Any(network => network.Contains(use.Range))))
        {
            problems.Add(
                CheckCodes.OutsideNetwork,
                use.Mark,
                $"{use.Range} of {use.By} is not in {known}.",
                "correct the address, or add its network to `network.nodes`");
        }

        foreach (var use in uses.Where(use => gateway.Length > 0 && use.Range.Overlaps(gateway[0].Range)))
            ReportTwice(use, gateway[0], problems);
    }

    private static void Dhcp(ClusterView cluster, IReadOnlyList<Use> uses, Problems problems)
    {
        foreach (var range in cluster.Network.Find(NetworkFields.Dhcp) ?? [])
        {
            foreach (var use in uses.Where(use => use.Range.Overlaps(range)))
            {
                problems.Add(
                    CheckCodes.InDhcpRange,
                    use.Mark,
                    $"{use.Range} of {use.By} is within {range}, which a DHCP server hands out.",
                    "choose an address outside of the range, or shorten the range at the DHCP server");
            }
        }
    }

    private static void Twice(List<Use> uses, Problems problems)
    {
        for (var i = 1; i < uses.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (uses[i].Range.Overlaps(uses[j].Range))
                    ReportTwice(uses[i], uses[j], problems);
            }
        }
    }

    private static void ReportTwice(Use use, Use other, Problems problems) => problems.Add(
        CheckCodes.AddressTwice,
        use.Mark,
        $"{use.Range} of {use.By} is used by {other.By} too, in line {other.Mark.Line}.",
        use.Mark == other.Mark
            ? "declare other addresses in the cluster that inherits these"
            : "give one of them other addresses");

    private static void AdoptedTwice(IReadOnlyList<ClusterView> clusters, Problems problems)
    {
        var adopted = new Dictionary<AddressRange, string>();
        foreach (var cluster in clusters)
        {
            foreach (var pool in cluster.Pools)
            {
                var floating = pool.Value.Under(NodePoolFields.FloatingIp);
                if (!floating.TryGet(NodePoolFields.Adopt, out var address)
                    || adopted.TryAdd(address, $"the pool \"{pool.Name}\" of \"{cluster.Name}\""))
                {
                    continue;
                }

                problems.Add(
                    CheckCodes.AdoptedTwice,
                    floating.MarkOf(NodePoolFields.Adopt),
                    $"{address} is adopted by {adopted[address]} already.",
                    "give each pool a floating IP of its own");
            }
        }
    }
}
