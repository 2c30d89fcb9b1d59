using Orrery.Model.Platforms;
using Orrery.Providers.Talos.Configuration;

namespace Orrery.Providers.Talos;

/// <summary>Where each machine of a declared cluster stands. Pure; needs no secret.</summary>
public static class TalosMachines
{
    /// <summary>The machines that run Talos, in order of the pools; none for another distribution.</summary>
    public static IReadOnlyList<TalosPlace> Of(Cluster cluster)
    {
        if (cluster.Distribution is not Distribution.Talos)
            return [];
        var machines = DeclaredMachines.Of(cluster);
        return
        [
            .. from pool in cluster.NodePools.Values
               from node in pool.NodeNames().Zip(pool.Addresses)
               select new TalosPlace(pool, node.First, node.Second, machines[node.First])
               {
                   HardwareAddress = HardwareAddresses.Of(cluster.Name, node.First),
                   Versions = DeclaredMachines.VersionsOf(cluster, node.First),
               },
        ];
    }
}

/// <summary>A node of a cluster where it stands.</summary>
/// <param name="Node">For example <c>controlplane-0</c>.</param>
/// <param name="Address">Without a prefix.</param>
/// <param name="Machine">Its configuration, but for secrets.</param>
public sealed record TalosPlace(NodePool Pool, string Node, string Address, TalosMachine Machine)
{
    /// <summary>Of its card, in lower case with colons.</summary>
    public required string HardwareAddress { get; init; }

    /// <summary>What it runs, or shall.</summary>
    public required NodeVersions Versions { get; init; }
}
