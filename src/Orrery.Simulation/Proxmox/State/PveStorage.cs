using Orrery.Simulation.Proxmox.Guests;

namespace Orrery.Simulation.Proxmox.State;

/// <summary>A volume of a machine, or a file that machines are made from.</summary>
internal sealed class Volume
{
    /// <summary>For example <c>local-lvm:vm-100-disk-0</c> or <c>local:iso/talos.iso</c>.</summary>
    public required string Volid { get; set; }

    /// <summary><c>images</c>, <c>iso</c> or <c>import</c>.</summary>
    public required string Content { get; init; }

    public required string Format { get; init; }

    public required long Bytes { get; set; }

    public required TimeSpan Created { get; init; }

    /// <summary>The machine that owns it, and with which it goes.</summary>
    public long? Vmid { get; set; }

    public DiskContents Contents { get; init; } = new();

    /// <summary>All of an ISO; empty for a disk.</summary>
    public ReadOnlyMemory<byte> File { get; init; }

    /// <summary>The address it was downloaded from.</summary>
    public string? Source { get; init; }

    public bool Preset { get; init; }
}

/// <summary>A storage with what it holds.</summary>
internal sealed class PveStorage(SimulatedStorage settings)
{
    public SimulatedStorage Settings { get; } = settings;

    public string Name => Settings.Name;

    public SortedDictionary<string, Volume> Volumes { get; } = new(StringComparer.Ordinal);

    /// <summary>When the lock that every allocation needs is free again.</summary>
    public TimeSpan FreeAt { get; set; }

    public long Used => Volumes.Values.Sum(volume => volume.Bytes);

    public long Available => Math.Max(0, Settings.Bytes - Used);

    /// <summary>
    /// What who waits for the lock too long dies with: of the cluster's lock where the storage is shared, of a file on
    /// the node otherwise (pve-storage, Plugin.pm, cluster_lock_storage).
    /// </summary>
    public string LockTimeout => Settings.IsShared
        ? $"cfs-lock 'storage-{Name}' error: got lock request timeout"
        : $"can't lock file '/var/lock/pve-manager/pve-storage-{Name}' - got timeout";

    public bool Holds(string content) => Settings.Contents.Contains(content);

    /// <summary>The next free name of a machine's volume; directories name the format too.</summary>
    public string NextVolume(long vmid, string format)
    {
        for (var number = 0; ; number++)
        {
            var name = Settings.Type == "dir"
                ? $"{Name}:{vmid}/vm-{vmid}-disk-{number}.{format}"
                : $"{Name}:vm-{vmid}-disk-{number}";
            if (!Volumes.ContainsKey(name))
                return name;
        }
    }
}
