namespace Orrery.Simulation.Proxmox;

/// <summary>One thing that exists in the simulated cluster, as its checkers see it.</summary>
public sealed record ProxmoxItem
{
    /// <summary><c>qemu</c>, <c>volume</c>, <c>pool</c>, <c>user</c>, <c>role</c>, <c>token</c>, <c>acl</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The VMID, volume id, user id…</summary>
    public required string Id { get; init; }

    /// <summary>The machine's name; the id of anything else.</summary>
    public required string Name { get; init; }

    /// <summary>The machine's tags with semicolons; what people see beside anything else.</summary>
    public string Tags { get; init; } = "";

    /// <summary>The machine's description, or the comment of anything else.</summary>
    public string Description { get; init; } = "";

    /// <summary>The machine that owns a volume; null where none does.</summary>
    public long? Vmid { get; init; }

    public bool IsRunning { get; init; }

    /// <summary>It was there before the first request.</summary>
    public required bool Preset { get; init; }
}
