using Orrery.Model.Values;
using Orrery.Simulation.Proxmox.Guests;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Proxmox;

/// <summary>What a simulated Proxmox VE cluster is like before the first request arrives.</summary>
public sealed record ProxmoxWorldOptions
{
    /// <summary>All chance comes of it: process numbers, secrets of tokens, jitter.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>A token of root without privilege separation, as <c>user@realm!name=secret</c>.</summary>
    public string RootToken { get; init; } = "root@pam!orrery=00000000-0000-4000-8000-000000000001";

    /// <summary>The wall clock when the world begins; all timestamps are this plus the virtual time.</summary>
    public DateTimeOffset Epoch { get; init; } = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Where the world's own future stands; its own one by default, advanced with each request.</summary>
    public Agenda? Agenda { get; init; }

    /// <summary>The operating systems in the machines; null where machines are only entries.</summary>
    public IGuestHost? Guests { get; init; }

    /// <summary>What the nodes find in the web; null where nothing is there.</summary>
    public Func<string, RemoteFile?> Web { get; init; } = static _ => null;

    public ProxmoxLatencies Latencies { get; init; } = new();

    public ValueList<SimulatedNode> Nodes { get; init; } = [new SimulatedNode("pve")];

    /// <summary>As an installation with LVM has them: <c>local</c> for files, <c>local-lvm</c> for disks.</summary>
    public ValueList<SimulatedStorage> Storages { get; init; } =
    [
        new SimulatedStorage("local", "dir", ["import", "iso", "vztmpl", "backup"], 400L << 30),
        new SimulatedStorage("local-lvm", "lvmthin", ["images", "rootdir"], 1600L << 30),
    ];

    public ValueList<PresetMachine> Machines { get; init; } = ValueList<PresetMachine>.Empty;
}

/// <summary>A host.</summary>
/// <param name="Cpus">Threads of all its processors.</param>
/// <param name="MemoryBytes">All of its memory.</param>
public sealed record SimulatedNode(string Name, int Cpus = 32, long MemoryBytes = 128L << 30);

/// <summary>A storage, which every node has.</summary>
/// <param name="Type"><c>dir</c>, <c>lvmthin</c>, <c>zfspool</c>, <c>rbd</c>…</param>
/// <param name="Contents">What it can hold: <c>images</c>, <c>iso</c>, <c>import</c>…</param>
/// <param name="IsShared">One for all nodes: its lock is the cluster's.</param>
public sealed record SimulatedStorage(
    string Name, string Type, ValueList<string> Contents, long Bytes, bool IsShared = false);

/// <summary>A machine of somebody else, or a template.</summary>
public sealed record PresetMachine
{
    public required long Vmid { get; init; }

    public required string Name { get; init; }

    public string Node { get; init; } = "pve";

    public bool IsTemplate { get; init; }

    public bool IsRunning { get; init; }

    public string Tags { get; init; } = "";

    /// <summary>Of its disk <c>scsi0</c>, which holds something bootable; null where it has none.</summary>
    public long? DiskGibibytes { get; init; } = 4;

    public string Storage { get; init; } = "local-lvm";
}

/// <summary>A file in the web.</summary>
/// <param name="Content">Stands for all its bytes: checksums are made of it.</param>
/// <param name="Bytes">How large it is, for the time that it takes.</param>
public sealed record RemoteFile(ReadOnlyMemory<byte> Content, long Bytes);
