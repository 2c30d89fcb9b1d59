using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Networks;

/// <summary>
/// Cilium's operator while one of its pods runs: it makes Cilium's kinds known, which no chart does, and gives services
/// addresses of the pools (https://docs.cilium.io/en/stable/network/lb-ipam/).
/// </summary>
internal sealed class CiliumOperator
{
    private const string Image = "operator-generic";
    private const string Pool = "CiliumLoadBalancerIPPool";

    private static readonly string[] Kinds =
    [
        "cilium.io/v2 ciliumloadbalancerippools CiliumLoadBalancerIPPool status cluster short=ippools,ippool,lbippool",
        "cilium.io/v2alpha1 ciliuml2announcementpolicies CiliumL2AnnouncementPolicy status cluster",
        "cilium.io/v2 ciliumnetworkpolicies CiliumNetworkPolicy status short=cnp,ciliumnp",
    ];

    private readonly SimulatedCluster _cluster;

    public CiliumOperator(SimulatedCluster cluster)
    {
        _cluster = cluster;
        cluster.Loop.On("", "Pod", pod => Programs.Runs(pod, Image) ? [ObjectKey.Of(pod)] : [], Define);
        _ = new ServiceAddresses(cluster, Image, "cilium.io/" + Pool, Pools, "lbipam.cilium.io/ips");
    }

    private void Define(ObjectKey key)
    {
        if (!Programs.Ready(_cluster.Store, Image).Any())
            return;
        foreach (var definition in CustomKinds.Of(Kinds))
            _cluster.Store.Apply(definition, new WriteOptions { Manager = "cilium-operator", Force = true });
    }

    private static IEnumerable<AddressPool> Pools(ClusterStore store) => store.PeekAll("cilium.io/v2", Pool)
        .Where(pool => !pool.At("spec", "disabled").IsTrue())
        .SelectMany(pool => pool.At("spec", "blocks").Items()).Select(BlockOf).OfType<AddressPool>();

    private static AddressPool? BlockOf(JsonNode block) => block.TextAt("cidr") is { } cidr
        ? AddressPool.Parse(cidr)
        : AddressPool.Parse($"{block.TextAt("start")}-{block.TextAt("stop") ?? block.TextAt("start")}");
}
