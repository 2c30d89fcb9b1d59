using Orrery.Model.Platforms;

namespace Orrery.GitOps.Catalog.Networks;

/// <summary>How a Service asks for the address that others rely on.</summary>
internal static class PoolAddresses
{
    /// <summary>A pool's first address, and the annotation that asks for it; null where there is no pool.</summary>
    public static (string Annotation, string Ip)? Of(Cluster cluster, string pool) =>
        cluster.Network is { LoadBalancer: { } balancer } network && network.FirstOf(pool) is { } address
            // https://metallb.io/usage/ and https://docs.cilium.io/en/stable/network/lb-ipam/
            ? (balancer.By == LoadBalancerKind.MetalLb ? "metallb.io/loadBalancerIPs" : "lbipam.cilium.io/ips", address)
            : null;

    /// <summary>
    /// Where a Service is reached that needs no pool: at the first node, if nothing gives out addresses. Whatever moves
    /// packets for Services takes them there, too.
    /// </summary>
    public static string? NodeOf(Cluster cluster) => cluster.Network.LoadBalancer is not null
        ? null
        : cluster.NodePools.Values.SelectMany(pool => pool.Addresses).FirstOrDefault();
}
