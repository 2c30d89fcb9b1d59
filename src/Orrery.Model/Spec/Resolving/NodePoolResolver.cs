using Orrery.Model.Platforms;
using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Resolving;

/// <summary>Makes the pools of a cluster, and gives each node the address that is declared for it.</summary>
internal static class NodePoolResolver
{
    /// <param name="pools">As declared.</param>
    /// <param name="network">Has the addresses of nodes whose pools name none: in order of the pools.</param>
    public static IEnumerable<NodePool> Resolve(ValueList<Named<Section>> pools, Section network)
    {
        var shared = Expand(network.Find(NetworkFields.Addresses) ?? []).GetEnumerator();
        foreach (var pool in pools)
        {
            var count = pool.Value.Get(NodePoolFields.Count);
            var own = pool.Value.Find(NodePoolFields.Addresses);
            var addresses = own is null ? Next(shared, count) : Expand(own).Take(count).ToValueList();
            yield return PoolOf(pool, count) with { Addresses = addresses };
        }
    }

    /// <summary>Where the volume is mounted when the declaration does not say.</summary>
    public static string MountPathOf(Named<Section> volume) =>
        volume.Value.Find(NodePoolFields.MountPath) ?? $"/var/mnt/{volume.Name}";

    private static NodePool PoolOf(Named<Section> pool, int count)
    {
        var spec = pool.Value;
        var alternatives = spec.Under(NodePoolFields.Alternatives).Find(NodePoolFields.AlternativeTypes) ?? [];
        var floating = spec.Find(NodePoolFields.FloatingIp);
        return new NodePool
        {
            Name = pool.Name,
            Role = spec.Get(NodePoolFields.Role) == "control-plane" ? NodeRole.ControlPlane : NodeRole.Worker,
            Count = count,
            Types = spec.Find(NodePoolFields.Type) is { } type ? [type, .. alternatives] : [],
            Image = spec.Get(NodePoolFields.Image),
            Size = SizeOf(spec),
            Schedulable = spec.Get(NodePoolFields.Schedulable),
            Host = spec.Find(NodePoolFields.Host),
            SpreadsOverHosts = spec.Has(NodePoolFields.Spread),
            PrimaryIp = spec.Get(NodePoolFields.PrimaryIp),
            FloatingIp = floating is null ? null : FloatingIpOf(floating),
            Volumes = (spec.Find(NodePoolFields.Volumes) ?? []).Select(VolumeOf).ToValueMap(volume => volume.Name),
        };
    }

    private static MachineSize? SizeOf(Section spec) =>
        spec.TryGet(NodePoolFields.Cpu, out var cpu) && spec.TryGet(NodePoolFields.Memory, out var memory)
        && spec.TryGet(NodePoolFields.Disk, out var disk)
            ? new MachineSize(cpu, memory, disk)
            : null;

    private static IEnumerable<string> Expand(ValueList<AddressRange> ranges) =>
        ranges.SelectMany(range => range.Each()).Select(address => address.ToString());

    private static ValueList<string> Next(IEnumerator<string> addresses, int count)
    {
        var taken = new List<string>();
        while (taken.Count < count && addresses.MoveNext())
            taken.Add(addresses.Current);
        return taken.ToValueList();
    }

    private static FloatingIp FloatingIpOf(Section spec) =>
        new(spec.TryGet(NodePoolFields.Adopt, out var address) ? address.ToString() : null);

    private static Volume VolumeOf(Named<Section> volume) => new(
        volume.Name,
        volume.Value.Get(NodePoolFields.VolumeSize),
        MountPathOf(volume),
        volume.Value.Get(NodePoolFields.Retain));
}
