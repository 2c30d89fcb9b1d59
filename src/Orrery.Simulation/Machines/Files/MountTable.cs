using System.Globalization;
using System.Text.RegularExpressions;

namespace Orrery.Simulation.Machines.Files;

/// <summary>A line of <c>/etc/fstab</c>.</summary>
internal sealed record FstabLine(string Source, string Path, string Type, string Options)
{
    public bool Has(string option) => Options.Split(',').Contains(option);

    /// <summary>The value of an option such as <c>x-systemd.device-timeout</c>, or null.</summary>
    public string? Value(string option) => Options.Split(',')
        .FirstOrDefault(given => given.StartsWith(option + "=", StringComparison.Ordinal))?[(option.Length + 1)..];

    public static IReadOnlyList<FstabLine> Read(FileSystem files) =>
        [.. (files.TryReadText("/etc/fstab") ?? "").Split('\n').Select(line => line.Trim())
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length >= 3)
            .Select(fields =>
                new FstabLine(fields[0], fields[1], fields[2], fields.ElementAtOrDefault(3) ?? "defaults"))];
}

/// <summary>Mounts and unmounts on one machine; each gives what the program says, or null where all is well.</summary>
internal sealed partial class MountTable(Machine machine)
{
    /// <summary>The block device that a path, <c>UUID=</c> or <c>LABEL=</c> names, or null.</summary>
    public VolumeDisk? Device(string source)
    {
        if (source.StartsWith("UUID=", StringComparison.Ordinal))
            return machine.Volumes.Values.FirstOrDefault(disk => IsPresent(disk) && disk.Filesystem is not null
                && disk.Uuid == source[5..]);
        return source.StartsWith('/') && machine.Files.Find(source) is DeviceNode device ? device.Disk : null;
    }

    public string? Mount(string source, string path, string type, string options, string by)
    {
        if (machine.Files.Find(path) is not FolderNode)
            return $"{path}: mount point does not exist.";
        var canonical = machine.Files.Canonical(path);
        if (type is "tmpfs" or "none" || options.Split(',').Contains("bind"))
            return MountOther(source, canonical, type, options, by);
        if (source.StartsWith("UUID=", StringComparison.Ordinal) && Device(source) is null)
            return $"{path}: can't find {source}.";
        if (machine.Files.Find(source) is null && source.StartsWith('/'))
            return $"{path}: special device {source} does not exist.";
        if (Device(source) is not { } disk)
            return $"{path}: {source} is not a block device.";
        var device = machine.Files.Canonical(source.StartsWith('/') ? source : PathOf(disk));
        if (machine.Files.MountAtPath(canonical)?.Disk == disk)
            return $"{path}: {device} already mounted on {canonical}.";
        if (disk.Filesystem is null || (type is not ("auto" or "") && type != disk.Filesystem))
        {
            return $"{path}: wrong fs type, bad option, bad superblock on {device}, missing codepage or helper program,"
                + " or other error.";
        }

        machine.Files.MountAt(new Mount(canonical, device, disk.Filesystem, options, disk.Mount()) { Disk = disk });
        machine.Note(MachineEventKind.Mounted, by, $"{source} {canonical}");
        return null;
    }

    public string? Unmount(string path, string by)
    {
        var mount = machine.Files.Find(path) is DeviceNode { Disk: { } disk }
            ? machine.Files.Mounts.LastOrDefault(candidate => candidate.Disk == disk)
            : machine.Files.MountAtPath(path);
        if (mount is null)
            return machine.Files.Exists(path) ? $"{path}: not mounted." : $"{path}: no mount point specified.";
        if (machine.IsHeld(mount.Path)
            || machine.Files.Mounts.Any(other => other.Path.StartsWith(mount.Path + "/", StringComparison.Ordinal)))
        {
            return $"{path}: target is busy.";
        }

        machine.Files.Unmount(mount.Path);
        if (mount.Disk is { } released && machine.Files.Mounts.All(other => other.Disk != released))
            released.Unmount();
        machine.Note(MachineEventKind.Unmounted, by, mount.Path);
        return null;
    }

    /// <summary>Writes everything back, as <c>sync</c> does.</summary>
    public void Sync()
    {
        foreach (var disk in machine.Volumes.Values)
            disk.Sync();
    }

    /// <summary>A volume's device comes up: its node, and its name by identifier.</summary>
    public void DeviceAppears(VolumeDisk disk)
    {
        var letter = Enumerable.Range('b', 24).Select(code => $"/dev/sd{(char)code}")
            .First(path => !machine.Files.Exists(path));
        machine.Files.Put(letter, new DeviceNode(disk) { Mode = 0x1B0 });
        machine.Files.MakeFolders("/dev/disk/by-id");
        machine.Files.Put(NameOf(disk.Identity), new LinkNode("../../" + letter["/dev/".Length..]));
    }

    /// <summary>
    /// The device is gone; what is mounted of it answers no more and what was not written back is lost.
    /// </summary>
    public void DeviceVanishes(VolumeDisk disk)
    {
        if (machine.Files.Find(NameOf(disk.Identity)) is DeviceNode)
        {
            machine.Files.Remove(PathOf(disk));
            machine.Files.Remove(NameOf(disk.Identity));
        }

        foreach (var mount in machine.Files.Mounts.Where(mount => mount.Disk == disk).ToList())
        {
            machine.Files.Unmount(mount.Path);
            machine.Note(MachineEventKind.Torn, "boot", mount.Path);
        }

        disk.Tear(machine.Agenda.Now);
    }

    /// <summary>
    /// Hetzner's name for a volume's device: https://docs.hetzner.com/cloud/volumes/overview.
    /// </summary>
    public static string NameOf(long volume) =>
        string.Create(CultureInfo.InvariantCulture, $"/dev/disk/by-id/scsi-0HC_Volume_{volume}");

    /// <summary>The volume that a device's name speaks of, or null.</summary>
    public static long? VolumeIn(string text) => DeviceName().Match(text) is { Success: true } match
        ? long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
        : null;

    public string PathOf(VolumeDisk disk) => machine.Files.Canonical(NameOf(disk.Identity));

    private bool IsPresent(VolumeDisk disk) => machine.Files.Find(NameOf(disk.Identity)) is DeviceNode;

    private string? MountOther(string source, string path, string type, string options, string by)
    {
        var root = new FolderNode();
        VolumeDisk? disk = null;
        if (type != "tmpfs")
        {
            if (machine.Files.Find(source) is not FolderNode folder)
                return $"{path}: special device {source} does not exist.";
            root = folder;
            disk = machine.Files.Holding(source)?.Disk;
        }

        machine.Files.MountAt(new Mount(path, source, type, options, root) { Disk = disk });
        machine.Note(MachineEventKind.Mounted, by, $"{source} {path}");
        return null;
    }

    [GeneratedRegex(@"scsi-0HC_Volume_(?<a>\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DeviceName();
}
