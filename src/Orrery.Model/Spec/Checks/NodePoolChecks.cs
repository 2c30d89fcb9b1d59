using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Kinds;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Spec.Yaml;

namespace Orrery.Model.Spec.Checks;

/// <summary>Numbers, machines and names of node pools.</summary>
internal static class NodePoolChecks
{
    /// <summary>RFC 1123: a label of a host name.</summary>
    private const int HostNameMax = 63;

    /// <summary>Room for ten thousand replacements of one machine.</summary>
    private const string LargestGeneration = "g9999";

    private static readonly Field[] OfHetzner =
    [
        NodePoolFields.Type, NodePoolFields.Alternatives, NodePoolFields.Image, NodePoolFields.PrimaryIp,
        NodePoolFields.FloatingIp,
    ];

    private static readonly Field[] OfProxmox =
    [
        NodePoolFields.Host, NodePoolFields.Spread, NodePoolFields.Cpu, NodePoolFields.Memory, NodePoolFields.Disk,
        NodePoolFields.Addresses,
    ];

    public static void Run(ClusterView cluster, Problems problems)
    {
        ControlPlanes(cluster, problems);
        foreach (var pool in cluster.Pools)
        {
            Machine(cluster, pool, problems);
            ForeignFields(cluster, pool, problems);
            FloatingIp(pool, problems);
            MachineName(cluster, pool, problems);
        }
    }

    private static void ControlPlanes(ClusterView cluster, Problems problems)
    {
        var pools = cluster.Pools.Where(ClusterView.IsControlPlane).ToArray();
        var count = pools.Sum(ClusterView.CountOf);
        if (count == 0 && PoolsAreReadable(cluster))
        {
            problems.Add(
                CheckCodes.NoControlPlane,
                cluster.Spec.MarkOf(ClusterKind.NodePools),
                $"No pool of the cluster \"{cluster.Name}\" makes a control plane.",
                "give one pool `role: control-plane` and `count: 1`");
        }
        else if (count > 0 && count % 2 == 0)
        {
            var pool = pools[^1];
            problems.Add(
                CheckCodes.EvenControlPlanes,
                pool.Value.MarkOf(NodePoolFields.Count),
                $"etcd survives the loss of {(count - 1) / 2} of {count} members, and as well of {(count - 1) / 2} of "
                + $"{count - 1}.",
                $"use {count - 1} or {count + 1}");
        }
    }

    /// <summary>Whether the pools are written and none is malformed, which is reported already.</summary>
    private static bool PoolsAreReadable(ClusterView cluster) =>
        cluster.Spec.Node.Find(ClusterKind.NodePools.Name) is { } node
        && (node.IsEmpty || node is MappingNode map && map.Entries.Count == cluster.Pools.Count)
        && cluster.Pools.All(HasRoleAndCount);

    private static bool HasRoleAndCount(Named<Section> pool) =>
        pool.Value.TryGet(NodePoolFields.Role, out _) && pool.Value.TryGet(NodePoolFields.Count, out _);

    private static void Machine(ClusterView cluster, Named<Section> pool, Problems problems)
    {
        Field[] needed = cluster switch
        {
            { Hetzner: not null } => [NodePoolFields.Type],
            { Proxmox: not null } or { ClusterApi: not null } =>
                [NodePoolFields.Cpu, NodePoolFields.Memory, NodePoolFields.Disk],
            _ => [],
        };
        foreach (var field in needed.Where(field => !pool.Value.Has(field)))
        {
            problems.Add(
                CheckCodes.MachineNotDescribed,
                pool.Mark,
                $"The pool \"{pool.Name}\" has no `{field.Name}`.",
                $"for example `{field.Name}: {field.Example}`");
        }
    }

    private static void ForeignFields(ClusterView cluster, Named<Section> pool, Problems problems)
    {
        var (foreign, infrastructure) = cluster switch
        {
            { Hetzner: not null } => (OfProxmox, "Hetzner Cloud"),
            { Proxmox: not null } or { ClusterApi: not null } => (OfHetzner, "Proxmox"),
            _ => ([], ""),
        };
        foreach (var field in foreign.Where(pool.Value.Has))
        {
            problems.Add(
                CheckCodes.ForeignField,
                pool.Value.Node.Find(field.Name)?.Label,
                $"`{field.Name}` has no effect on machines of {infrastructure}.",
                "remove it");
        }
    }

    private static void FloatingIp(Named<Section> pool, Problems problems)
    {
        var count = ClusterView.CountOf(pool);
        if (count <= 1 || !pool.Value.Has(NodePoolFields.FloatingIp))
            return;
        problems.Add(
            CheckCodes.SharedFloatingIp,
            pool.Value.MarkOf(NodePoolFields.FloatingIp),
            $"The pool \"{pool.Name}\" has {count} nodes.",
            "give the floating IP to a pool with `count: 1`");
    }

    private static void MachineName(ClusterView cluster, Named<Section> pool, Problems problems)
    {
        if (cluster.Declared.Platform is not { } platform)
            return;
        var last = Math.Max(0, ClusterView.CountOf(pool) - 1);
        var name = $"{platform.Name}-{cluster.Name}-{pool.Name}-{last}-{LargestGeneration}";
        if (name.Length <= HostNameMax)
            return;
        problems.Add(
            CheckCodes.MachineNameTooLong,
            pool.Mark,
            $"\"{name}\" has {name.Length} characters; at most {HostNameMax} are allowed.",
            $"shorten the name of the platform, the cluster or the pool by {name.Length - HostNameMax}");
    }
}
