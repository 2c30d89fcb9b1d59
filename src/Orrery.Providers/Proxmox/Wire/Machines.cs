namespace Orrery.Providers.Proxmox.Wire;

/// <summary>A guest as the whole cluster lists it (<c>GET /cluster/resources?type=vm</c>).</summary>
internal sealed record GuestEntry(
    string Type, long Vmid, string Node, string? Name = null, string? Status = null, string? Tags = null,
    long Template = 0, long Maxmem = 0, long Maxdisk = 0, double Maxcpu = 0);

/// <summary>How a machine is right now.</summary>
internal sealed record GuestStatus(string Status, long Vmid, string? Lock = null, string? Qmpstatus = null);

/// <summary>What a node has (<c>GET /nodes/{node}/status</c>).</summary>
internal sealed record NodeStatus(CpuInfo Cpuinfo, MemoryInfo Memory);

/// <summary>All threads of all sockets.</summary>
internal sealed record CpuInfo(long Cpus);

/// <summary>In bytes; <c>available</c> is what new processes could get.</summary>
internal sealed record MemoryInfo(long Total, long Used, long? Available = null);

/// <summary>A host of the cluster.</summary>
internal sealed record NodeEntry(string Node, string Status);

/// <summary>How to reach a serial console for some seconds.</summary>
internal sealed record ConsoleProxy(long Port, string Ticket, string User);
