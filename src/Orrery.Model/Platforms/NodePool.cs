using Orrery.Model.Values;

namespace Orrery.Model.Platforms;

/// <summary>What a pool's nodes do.</summary>
public enum NodeRole
{
    ControlPlane,
    Worker,
}

/// <summary>Equal machines with one role. Nodes are named <c>pool-ordinal</c>, ordinals from 0.</summary>
public sealed record NodePool
{
    public required string Name { get; init; }

    public required NodeRole Role { get; init; }

    public required int Count { get; init; }

    /// <summary>
    /// The cloud's machine type, for example <c>cx33</c>; then the alternatives, tried in order. Empty where machines
    /// are made to measure.
    /// </summary>
    public ValueList<string> Types { get; init; } = [];

    /// <summary>The cloud's image name, for example <c>ubuntu-24.04</c>.</summary>
    public string Image { get; init; } = "";

    /// <summary>What machines are made to; null where they are of a <see cref="Types">type</see>.</summary>
    public MachineSize? Size { get; init; }

    /// <summary>Control planes run ordinary pods too.</summary>
    public bool Schedulable { get; init; }

    /// <summary>The Proxmox host of all of the pool's machines; null takes the hosts in turn.</summary>
    public string? Host { get; init; }

    /// <summary>No two of the pool's machines stand on one host.</summary>
    public bool SpreadsOverHosts { get; init; }

    /// <summary>Of each node, in order; empty where a cloud gives them.</summary>
    public ValueList<string> Addresses { get; init; } = [];

    /// <summary>Each node keeps a public IPv4 address of its own over its replacements.</summary>
    public bool PrimaryIp { get; init; }

    public FloatingIp? FloatingIp { get; init; }

    public ValueMap<Volume> Volumes { get; init; } = ValueMap<Volume>.Empty;

    public IEnumerable<string> NodeNames() => Enumerable.Range(0, Count).Select(ordinal => $"{Name}-{ordinal}");
}

/// <summary>
/// A public address that moves between machines: an existing one, never made nor deleted, or one of ours.
/// </summary>
/// <param name="Adopt">The existing address, or null to make one.</param>
public sealed record FloatingIp(string? Adopt);

/// <summary>A disk of its own at the cloud, mounted in each node of the pool.</summary>
/// <param name="Retain">Never deleted: neither by a rebuild nor by <c>destroy</c>.</param>
public sealed record Volume(string Name, ByteSize Size, string MountPath, bool Retain);

/// <summary>A machine to measure.</summary>
/// <param name="Cpu">Cores.</param>
/// <param name="Memory">Its memory.</param>
/// <param name="Disk">Its system disk.</param>
public sealed record MachineSize(int Cpu, ByteSize Memory, ByteSize Disk);
