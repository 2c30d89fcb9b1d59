using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Checks;

/// <summary>Machines on Proxmox.</summary>
internal static class ProxmoxChecks
{
    /// <summary>
    /// https://docs.siderolabs.com/talos/v1.12/getting-started/system-requirements; K3s asks the same of a server.
    /// </summary>
    private static readonly ByteSize ControlPlaneMemoryMin = new(2L << 30);

    public static void Run(ClusterView cluster, Problems problems)
    {
        foreach (var pool in cluster.Pools)
        {
            Host(cluster, pool, problems);
            Memory(pool, problems);
        }
    }

    private static void Host(ClusterView cluster, Named<Section> pool, Problems problems)
    {
        if (cluster.Proxmox?.Find(ProxmoxFields.Nodes) is not { } nodes
            || pool.Value.Find(NodePoolFields.Host) is not { } host || nodes.Contains(host))
        {
            return;
        }

        problems.Add(
            CheckCodes.UnknownHost,
            pool.Value.MarkOf(NodePoolFields.Host),
            $"\"{host}\" is not among the nodes of the infrastructure.{Suggestion.Sentence(host, nodes)}",
            $"the nodes are {Sentences.List(nodes)}");
    }

    private static void Memory(Named<Section> pool, Problems problems)
    {
        if (!ClusterView.IsControlPlane(pool) || !pool.Value.TryGet(NodePoolFields.Memory, out var memory)
            || memory >= ControlPlaneMemoryMin)
        {
            return;
        }

        problems.Add(
            CheckCodes.MachineTooSmall,
            pool.Value.MarkOf(NodePoolFields.Memory),
            $"{memory} is less than a control plane needs.",
            $"give it at least {ControlPlaneMemoryMin}");
    }
}
