using System.Globalization;
using Orrery.Simulation.Faults;
using Orrery.Simulation.Proxmox.Guests;
using Orrery.Simulation.Proxmox.Requests;

namespace Orrery.Simulation.Proxmox.State;

/// <summary>Everything that the simulated cluster consists of.</summary>
internal sealed class PveCluster
{
    public PveCluster(ProxmoxWorldOptions options)
    {
        Options = options;
        Storages = [.. options.Storages.Select(storage => new PveStorage(storage))];
        Tasks = new TaskLog(this);
        PlaceRoot();
        foreach (var preset in options.Machines)
            Place(preset);
    }

    public ProxmoxWorldOptions Options { get; }

    public List<PveStorage> Storages { get; }

    public SortedDictionary<long, VirtualMachine> Machines { get; } = [];

    public SortedDictionary<string, string> Pools { get; } = new(StringComparer.Ordinal);

    public Access Access { get; } = new();

    public TaskLog Tasks { get; }

    /// <summary>Tickets of consoles, each for one machine.</summary>
    public Dictionary<string, long> Consoles { get; } = new(StringComparer.Ordinal);

    public SimulatedNode NodeOf(string name) => Options.Nodes.FirstOrDefault(node => node.Name == name)
        ?? throw new Refusal(500, $"hostname lookup '{name}' failed - failed to get address info for: {name}:"
            + " Name or service not known\n");

    public List<ConsoleStream> OpenConsoles { get; } = [];

    /// <summary>Machines whose reset button was pressed since somebody was told.</summary>
    public HashSet<long> Resets { get; } = [];

    /// <summary>Machines whose power button was pressed since somebody was told.</summary>
    public HashSet<long> Shutdowns { get; } = [];

    public TimeSpan Jittered(TimeSpan time, string what)
    {
        var share = StableHash.Of(Options.Seed).And("jitter").And(what).Share;
        var factor = 1 + (Options.Latencies.Jitter * ((2 * share) - 1));
        return TimeSpan.FromMilliseconds((long)(time.TotalMilliseconds * factor));
    }

    /// <summary>Who makes a machine and says nothing of its firmware's tables gets a UUID.</summary>
    public string NewUuid(long vmid, TimeSpan now)
    {
        var hash = StableHash.Of(Options.Seed).And("uuid").And((ulong)vmid).And((ulong)now.Ticks);
        var (high, low) = (hash.Value, hash.And("low").Value);
        var start = string.Create(
            CultureInfo.InvariantCulture, $"{high >> 32:x8}-{(high >> 16) & 0xffff:x4}-4{high & 0xfff:x3}");
        return string.Create(
            CultureInfo.InvariantCulture, $"{start}-8{(low >> 48) & 0xfff:x3}-{low & 0xffffffffffff:x12}");
    }

    public Volume? FindVolume(string volid) =>
        Storages.Find(storage => storage.Name == volid.Split(':')[0])?.Volumes.GetValueOrDefault(volid);

    public PveStorage? StorageOf(string volid) => Storages.Find(storage => storage.Name == volid.Split(':')[0]);

    /// <summary>A new volume; refuses what the storage cannot hold.</summary>
    public static Volume Allocate(PveStorage storage, long vmid, long bytes, DiskContents contents, TimeSpan now)
    {
        if (!storage.Holds("images"))
            throw Refusal.Died($"storage '{storage.Name}' does not support vm images");
        // Thin storage can be promised more than there is; a directory cannot hold a file larger than itself.
        if (bytes > storage.Settings.Bytes)
            throw Refusal.Died($"not enough free space on storage '{storage.Name}'");
        var format = storage.Settings.Type == "dir" ? "qcow2" : "raw";
        var volume = new Volume
        {
            Volid = storage.NextVolume(vmid, format),
            Content = "images",
            Format = format,
            Bytes = bytes,
            Vmid = vmid,
            Contents = contents,
            Created = now,
        };
        storage.Volumes.Add(volume.Volid, volume);
        return volume;
    }

    public void Free(string volid) => StorageOf(volid)?.Volumes.Remove(volid);

    /// <summary>The machine as its hypervisor starts it.</summary>
    public Guest GuestOf(VirtualMachine machine) => new()
    {
        Vmid = machine.Vmid,
        Name = machine.Name,
        Node = machine.Node,
        Cores = machine.Cores,
        MemoryMebibytes = (int)machine.MemoryMebibytes,
        Uuid = machine.Config.TryGetValue("smbios1", out var tables)
            ? Drive.Parse($"none,{tables}").Find("uuid") ?? ""
            : "",
        IsUefi = machine.Config.GetValueOrDefault("bios") == "ovmf",
        HasSecureBootKeys = machine.Config.TryGetValue("efidisk0", out var efi)
            && Drive.Parse(efi).Find("pre-enrolled-keys") == "1",
        FirmwareVariables = ContentsOf(machine, "efidisk0"),
        Tpm = ContentsOf(machine, "tpmstate0"),
        BootOrder = [.. BootOrderOf(machine)],
        Networks = [.. machine.Config.Where(field => IsNetwork(field.Key)).Select(Network)],
        Disks = [.. machine.Disks.Select(disk => (disk.Slot, disk.Drive, Volume: FindVolume(disk.Drive.Volume)))
            .Where(disk => disk.Volume is not null && !disk.Slot.StartsWith("unused", StringComparison.Ordinal))
            .Select(disk => new GuestDisk(
                disk.Slot, disk.Drive.Find("serial"), disk.Volume!.Bytes, disk.Volume.Contents)
            {
                Wwn = disk.Drive.Find("wwn"),
            })],
        Media = [.. machine.Drives.Where(drive => drive.Drive.IsMedia)
            .Select(drive => (drive.Slot, Volume: FindVolume(drive.Drive.Volume)))
            .Where(drive => drive.Volume is not null)
            .Select(drive => new GuestMedium(drive.Slot, drive.Volume!.Source, drive.Volume.File))],
    };

    public static IEnumerable<string> BootOrderOf(VirtualMachine machine) =>
        Drive.Parse($"none,{machine.Config.GetValueOrDefault("boot", "")}").Find("order")
            ?.Split(';', StringSplitOptions.RemoveEmptyEntries) ?? [];

    public static bool IsNetwork(string field) => field.StartsWith("net", StringComparison.Ordinal)
        && field.Length > 3 && field.AsSpan(3).IndexOfAnyExceptInRange('0', '9') < 0;

    private static GuestNetwork Network(KeyValuePair<string, string> field)
    {
        var network = Drive.Parse($"none,{field.Value}");
        var vlan = network.Find("tag") is { } tag ? int.Parse(tag, CultureInfo.InvariantCulture) : (int?)null;
        return new GuestNetwork(
            field.Key, (network.Find("virtio") ?? "").ToLowerInvariant(), network.Find("bridge") ?? "", vlan);
    }

    private DiskContents? ContentsOf(VirtualMachine machine, string slot) =>
        machine.Config.TryGetValue(slot, out var text) ? FindVolume(Drive.Parse(text).Volume)?.Contents : null;

    private void PlaceRoot()
    {
        var text = Options.RootToken;
        var (at, equals) = (text.IndexOf('!', StringComparison.Ordinal), text.IndexOf('=', StringComparison.Ordinal));
        var user = new PveUser { Preset = true };
        user.Tokens[text[(at + 1)..equals]] = new PveToken
        {
            Secret = text[(equals + 1)..],
            IsSeparated = false,
            Preset = true,
        };
        Access.Users[text[..at]] = user;
    }

    private void Place(PresetMachine preset)
    {
        var machine = new VirtualMachine
        {
            Vmid = preset.Vmid,
            Node = preset.Node,
            Created = TimeSpan.Zero,
            Preset = true,
            IsRunning = preset.IsRunning,
        };
        machine.Config["name"] = preset.Name;
        machine.Config["cores"] = "2";
        machine.Config["memory"] = "2048";
        if (preset.Tags.Length > 0)
            machine.Config["tags"] = preset.Tags;
        if (preset.IsTemplate)
            machine.Config["template"] = "1";
        if (preset.DiskGibibytes is { } size)
        {
            var contents = new DiskContents { IsBootable = true, Image = $"preset:{preset.Name}" };
            var storage = Storages.Find(storage => storage.Name == preset.Storage)
                ?? throw new Model.Values.InvariantException($"no storage {preset.Storage}");
            var volume = Allocate(storage, preset.Vmid, size << 30, contents, TimeSpan.Zero);
            machine.Config["scsi0"] = $"{volume.Volid},size={Drive.Size(volume.Bytes)}";
            machine.Config["boot"] = "order=scsi0";
        }

        Machines.Add(machine.Vmid, machine);
    }
}
