using System.Globalization;
using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.Machines.Programs;

/// <summary>Programs around disks and mounts.</summary>
internal static class DiskPrograms
{
    // mount(8) and umount(8), EXIT STATUS: 32, mount failure.
    private const int MountFailed = 32;

    // Assumed: mkfs.ext4 with lazy initialisation takes about a second on a small volume.
    private static readonly TimeSpan FormatTime = TimeSpan.FromSeconds(1);

    public static async Work<int> Sync(Invocation call)
    {
        await call.Scope.CountProcess();
        call.Machine.Mounts.Sync();
        return 0;
    }

    public static async Work<int> MountProgram(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "ao:t:rvn", "bind", "rbind", "types:", "options:", "all", "make-rshared", "target:",
            "source:")
            is not { } options)
        {
            return 1;
        }

        if (options.Has("a", "all"))
            return MountAll(call);
        if (options.Operands.Count == 0)
        {
            foreach (var mount in call.Files.Mounts)
                call.Out.Line($"{mount.Source} on {mount.Path} type {mount.Type} ({mount.Options})");
            return 0;
        }

        var given = options.Value("o", "options") ?? "rw,relatime";
        if (options.Has("bind", "rbind"))
            given += ",bind";
        if (options.Operands.Count > 1)
        {
            return Report(call, call.Machine.Mounts.Mount(
                SourceOf(call, options.Operands[0]), call.PathOf(options.Operands[1]),
                    options.Value("t", "types") ?? "auto", given, Cause(call)));
        }

        var line = FstabLine.Read(call.Files).FirstOrDefault(line =>
            line.Path == options.Operands[0].TrimEnd('/') || line.Source == options.Operands[0]);
        return line is null
            ? call.Fail($"{options.Operands[0]}: can't find in /etc/fstab.")
            : Report(call, call.Machine.Mounts.Mount(line.Source, line.Path, line.Type, line.Options, Cause(call)));
    }

    public static async Work<int> Unmount(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "alfvqR", "lazy", "force", "recursive", "quiet") is not { Operands.Count: > 0 } options)
            return call.Fail("bad usage");
        var status = 0;
        foreach (var name in options.Operands)
        {
            if (call.Machine.Mounts.Unmount(call.PathOf(name), Cause(call)) is { } problem)
            {
                call.Fail(problem);
                status = MountFailed;
            }
        }

        return status;
    }

    public static async Work<int> Mountpoint(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "qdx", "quiet", "nofollow") is not { Operands.Count: 1 } options)
            return call.Fail("bad usage");
        var path = call.PathOf(options.Operands[0]);
        var isMounted = call.Files.MountAtPath(path) is not null;
        if (!options.Has("q", "quiet"))
        {
            call.Out.Line(call.Files.Find(path) is null
                ? $"mountpoint: {options.Operands[0]}: No such file or directory"
                : $"{options.Operands[0]} is {(isMounted ? "" : "not ")}a mountpoint");
        }

        // mountpoint(1), EXIT STATUS: 32 since util-linux 2.36 where it is none.
        return isMounted ? 0 : call.Files.Find(path) is null ? 1 : MountFailed;
    }

    public static async Work<int> Findmnt(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "no:rMT:S:t:lfevx", "noheadings", "output:", "mountpoint:", "target:", "source:", "raw",
            "fstab", "verify", "first-only")
            is not { } options)
        {
            return 1;
        }

        var path = options.Value("M", "mountpoint", "T", "target") ?? options.Operands.LastOrDefault();
        var source = options.Value("S", "source") is { } wanted ? call.Files.Canonical(wanted) : null;
        var found = call.Files.Mounts.Where(mount =>
            (path is null || mount.Path == call.Files.Canonical(call.PathOf(path))
            || mount.Source == call.Files.Canonical(call.PathOf(path))) && (source is null || mount.Source == source))
                .ToList();
        if (path is not null && options.Has("T", "target") && call.Files.Holding(call.PathOf(path)) is { } holding)
            found = [holding];
        if (found.Count == 0)
            return 1;
        var columns = (options.Value("o", "output") ?? "TARGET,SOURCE,FSTYPE,OPTIONS").Split(',');
        if (!options.Has("n", "noheadings"))
            call.Out.Line(string.Join(' ', columns));
        foreach (var mount in found)
            call.Out.Line(string.Join(' ', columns.Select(column => Column(mount, column))));
        return 0;
    }

    public static async Work<int> Blkid(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "po:s:c:u:l", "probe", "output:", "match-tag:") is not { } options)
            return 4;
        var disks = options.Operands.Count == 0
            ? call.Machine.Volumes.Values.Select(disk =>
                (Name: call.Machine.Mounts.PathOf(disk), Disk: (VolumeDisk?)disk)).ToList()
            : [.. options.Operands.Select(name => (Name: name, Disk: call.Machine.Mounts.Device(call.PathOf(name))))];
        var found = 0;
        foreach (var (name, disk) in disks)
        {
            if (disk?.Filesystem is not { } type)
                continue;
            found++;
            var tag = options.Value("s", "match-tag");
            var value = tag == "TYPE" ? type : disk.Uuid;
            if (options.Value("o", "output") == "value")
                call.Out.Line(tag is null ? $"{disk.Uuid}\n{type}" : value);
            else if (options.Value("o", "output") == "export")
                call.Out.Line($"DEVNAME={name}\nUUID={disk.Uuid}\nTYPE={type}");
            else
                call.Out.Line(tag is null ? $"{name}: UUID=\"{disk.Uuid}\" BLOCK_SIZE=\"4096\" TYPE=\"{type}\""
                    : $"{name}: {tag}=\"{value}\"");
        }

        // blkid(8), EXIT STATUS: 2 where the device was not identified or does not exist.
        return found > 0 ? 0 : 2;
    }

    public static async Work<int> Lsblk(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "ndo:bflpr", "noheadings", "nodeps", "output:", "bytes", "fs") is not { } options)
            return 1;
        var disks = call.Machine.Volumes.Values.ToList();
        if (options.Operands.Count > 0)
        {
            if (call.Machine.Mounts.Device(call.PathOf(options.Operands[0])) is not { } one)
                return call.Fail($"{options.Operands[0]}: not a block device", MountFailed);
            disks = [one];
        }

        var columns = (options.Value("o", "output") ?? "NAME,SIZE,TYPE,FSTYPE,MOUNTPOINT").Split(',');
        if (!options.Has("n", "noheadings"))
            call.Out.Line(string.Join(' ', columns));
        foreach (var disk in disks)
        {
            var mount = call.Files.Mounts.LastOrDefault(mount => mount.Disk == disk);
            call.Out.Line(string.Join(' ', columns.Select(column => column switch
            {
                "NAME" => call.Machine.Mounts.PathOf(disk)["/dev/".Length..],
                "SIZE" => disk.SizeBytes.ToString(CultureInfo.InvariantCulture),
                "TYPE" => "disk",
                "FSTYPE" => disk.Filesystem ?? "",
                "UUID" => disk.Filesystem is null ? "" : disk.Uuid,
                "MOUNTPOINT" or "MOUNTPOINTS" => mount?.Path ?? "",
                _ => "",
            })).TrimEnd());
        }

        return 0;
    }

    /// <summary>Makes a file system; with <c>-F</c>, or when nobody can be asked, whatever stood there.</summary>
    public static async Work<int> MakeFilesystem(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "FqvL:m:E:O:T:b:i:N:U:f", "label:") is not { Operands.Count: > 0 } options)
            return call.Fail("Usage: mkfs.ext4 [options] device");
        var name = options.Operands[0];
        if (call.Files.Find(call.PathOf(name)) is null)
        {
            call.Error.Line($"The file {name} does not exist and no size was specified.");
            return 1;
        }

        if (call.Machine.Mounts.Device(call.PathOf(name)) is not { } disk)
            return call.Fail($"{name} is not a block special device.");
        if (disk.IsMounted)
        {
            call.Error.Line($"{name} is mounted; will not make a filesystem here!");
            return 1;
        }

        // Without a terminal mke2fs asks nobody and proceeds; mkfs.xfs refuses without -f.
        if (call.Name.EndsWith("xfs", StringComparison.Ordinal) && disk.Filesystem is not null && !options.Has("f"))
            return call.Fail($"{name} appears to contain an existing filesystem ({disk.Filesystem}).");
        await call.Scope.Sleep(FormatTime);
        var before = disk.Filesystem;
        disk.Format(call.Name.EndsWith("xfs", StringComparison.Ordinal) ? "xfs" : "ext4");
        call.Machine.Note(MachineEventKind.Formatted, Cause(call), before is null
            ? $"{name}: it was blank"
            : $"{name}: it held a file system ({before}), which is lost");
        return 0;
    }

    public static async Work<int> Df(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "hkBPTm", "output:") is not { } options)
            return 1;
        call.Out.Line("Filesystem     1K-blocks     Used Available Use% Mounted on");
        foreach (var name in options.Operands.Count == 0 ? ["/"] : options.Operands)
        {
            var mount = call.Files.Holding(call.PathOf(name));
            var size = mount?.Disk?.SizeBytes ?? call.Machine.Order.DiskBytes;
            var free = call.Machine.Room(mount);
            var used = size - free;
            call.Out.Line(
                $"{mount?.Source ?? "/dev/sda1"} {size / 1024} {used / 1024} {free / 1024}"
                + $" {used * 100 / size}% {mount?.Path ?? "/"}");
        }

        return 0;
    }

    private static int MountAll(Invocation call)
    {
        var status = 0;
        foreach (var line in FstabLine.Read(call.Files).Where(line => !line.Has("noauto") && line.Type != "swap"))
        {
            if (call.Files.MountAtPath(line.Path) is not null || line.Path == "/")
                continue;
            if (line.Has("nofail") && call.Machine.Mounts.Device(line.Source) is null)
                continue;
            status = Report(call,
                call.Machine.Mounts.Mount(line.Source, line.Path, line.Type, line.Options, Cause(call))) | status;
        }

        return status;
    }

    private static string SourceOf(Invocation call, string source) =>
        source.Contains('=', StringComparison.Ordinal) || source is "tmpfs" or "none" ? source : call.PathOf(source);

    private static int Report(Invocation call, string? problem)
    {
        if (problem is null)
            return 0;
        call.Fail(problem);
        return MountFailed;
    }

    private static string Column(Mount mount, string column) => column switch
    {
        "TARGET" => mount.Path,
        "SOURCE" => mount.Source,
        "FSTYPE" => mount.Type,
        "OPTIONS" => mount.Options,
        "UUID" => mount.Disk?.Uuid ?? "",
        _ => "",
    };

    private static string Cause(Invocation call) => call.Cause;
}
