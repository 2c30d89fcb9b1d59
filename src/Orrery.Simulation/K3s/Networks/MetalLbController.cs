using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Networks;

/// <summary>
/// MetalLB's controller while its pod runs. A pool that no L2Advertisement names is given out too, and nobody reaches
/// its addresses: https://metallb.io/configuration/.
/// </summary>
internal sealed class MetalLbController
{
    private const string Group = "metallb.io";

    public MetalLbController(SimulatedCluster cluster) => _ = new ServiceAddresses(
        cluster, "controller", $"{Group}/IPAddressPool", Pools, "metallb.io/loadBalancerIPs");

    private static IEnumerable<AddressPool> Pools(ClusterStore store) =>
        store.PeekAll($"{Group}/v1beta1", "IPAddressPool")
            .Where(pool => pool.At("spec", "autoAssign") is null || pool.At("spec", "autoAssign").IsTrue())
            .SelectMany(pool => (pool.At("spec", "addresses") as JsonArray ?? []).Select(each => each.Text() ?? ""))
            .Select(AddressPool.Parse).OfType<AddressPool>();
}
