using System.Globalization;
using Orrery.Simulation.Machines.Files;
using Orrery.Simulation.Machines.Network;
using Orrery.Simulation.Machines.Programs;
using Orrery.Simulation.Machines.Units;

namespace Orrery.Simulation.Machines.Inspection;

/// <summary>Says what is wrong with a machine, by its state and its log; it changes nothing.</summary>
public static class MachineInspection
{
    /// <summary>Every problem, each with a stable name; empty where all is as it must be.</summary>
    public static IReadOnlyList<MachineProblem> Problems(Machine machine, MachineExpectation expected) =>
    [
        .. Boot(machine, expected), .. Units(machine), .. Disks(machine, expected), .. Order(machine, expected),
        .. Paths(machine, expected), .. Addresses(machine, expected), .. Releases(machine, expected),
        .. Secrets(machine, expected),
    ];

    private static IEnumerable<MachineProblem> Boot(Machine machine, MachineExpectation expected)
    {
        if (!machine.CloudInit.IsDone && Since(machine) > expected.PrepareLimit)
        {
            var loop = machine.Waits.Running;
            yield return loop.Count > 0
                ? new("unbounded-wait",
                    $"cloud-init still waits after {Minutes(machine.Agenda.Now - loop[0].Since)} in: {loop[0].Text}")
                : new("cloud-init-hangs", $"cloud-init has not ended after {Minutes(Since(machine))}");
        }

        foreach (var loop in machine.Waits.Running.Where(loop => machine.CloudInit.IsDone
            && machine.Agenda.Now - loop.Since > expected.PrepareLimit))
        {
            yield return new("unbounded-wait",
                $"still waits after {Minutes(machine.Agenda.Now - loop.Since)} in: {loop.Text}");
        }

        foreach (var problem in machine.CloudInit.Errors)
            yield return new("cloud-init-error", $"{problem}: {LastLines(machine)}");
        foreach (var problem in machine.CloudInit.Warnings)
            yield return new("cloud-init-warning", problem);
        if (machine.ConsoleText.Contains("computed checksum", StringComparison.Ordinal)
            && machine.ConsoleText.Contains("did NOT match", StringComparison.Ordinal))
        {
            yield return new("checksum-mismatch", "a download is not what its published SHA-256 says");
        }
    }

    private static IEnumerable<MachineProblem> Units(Machine machine) =>
        machine.Units.Units.Where(unit => unit.State == UnitState.Failed).Select(unit => new MachineProblem(
            "unit-failed",
                $"{unit.Name} ({unit.Result}): {string.Join(" | ", machine.Journal.Of(unit.Name).TakeLast(3))}"));

    private static IEnumerable<MachineProblem> Disks(Machine machine, MachineExpectation expected)
    {
        foreach (var formatted in machine.Events.Where(happening => happening.Kind == MachineEventKind.Formatted
            && happening.Detail.Contains("is lost", StringComparison.Ordinal)))
        {
            yield return new("data-destroyed", formatted.Detail);
        }

        var named = Texts(machine).Select(MountTable.VolumeIn).OfType<long>().Distinct();
        foreach (var volume in named.Where(volume => expected.Volumes.All(known => known.Volume != volume)))
            yield return new("wrong-device", $"the machine waits for volume {Number(volume)}, which is not its own");
        var wasTried = HasStarted(machine)
            || machine.Events.Any(happening => happening.Kind == MachineEventKind.UnitFailed);
        foreach (var (path, volume) in expected.Volumes.Where(_ => wasTried)
            .Select(known => (known.Path, known.Volume)))
        {
            var mounted = machine.VolumeMountedAt(path);
            if (mounted == volume)
                continue;
            var isBlank = machine.Volumes.GetValueOrDefault(volume) is { Filesystem: null };
            yield return isBlank
                ? new("not-formatted", $"volume {Number(volume)} has no file system, so nothing is mounted at {path}")
                : new("not-mounted",
                    $"K3s ran and {path} {(mounted is null ? "is no mount" : $"is volume {Number(mounted.Value)}")},"
                    + $" expected volume {Number(volume)}");
        }
    }

    private static IEnumerable<MachineProblem> Order(Machine machine, MachineExpectation expected)
    {
        foreach (var boot in machine.Events.Where(happening => happening.Kind == MachineEventKind.K3sStarted)
            .GroupBy(start => start.Boot))
        {
            var first = boot.First().At;
            foreach (var (path, _) in expected.Volumes)
            {
                var mount = machine.Events.FirstOrDefault(happening => happening.Boot == boot.Key
                    && happening.Kind == MachineEventKind.Mounted
                    && happening.Detail.EndsWith(" " + path, StringComparison.Ordinal));
                if (mount is null || mount.At > first)
                    yield return new("mount-after-k3s",
                        $"K3s started at {Minutes(first)} and {path} "
                        + $"{(mount is null ? "was never mounted" : $"was mounted at {Minutes(mount.At)}")}");
            }
        }

        var prepared = machine.Events.FirstOrDefault(happening => happening.Kind == MachineEventKind.CloudInitDone);
        var early = machine.Events.FirstOrDefault(happening => happening.Kind == MachineEventKind.K3sStarted
            && happening.Boot == 1
            && (prepared is null || happening.At < prepared.At));
        if (early is not null)
            yield return new("k3s-started-at-boot",
                $"K3s {early.Detail} started at {Minutes(early.At)}, before keys and token could arrive");
    }

    private static IEnumerable<MachineProblem> Paths(Machine machine, MachineExpectation expected)
    {
        if (!HasStarted(machine))
            yield break;
        foreach (var path in expected.Paths)
        {
            if (machine.PermissionsOf(path.Path) is not { } found)
            {
                yield return new("path-missing", $"{path.Path} is not there");
                continue;
            }

            if (found.Mode != path.Mode)
                yield return new("wrong-mode",
                    $"{path.Path} has mode {Octal(found.Mode)}, expected {Octal(path.Mode)}");
            if (found.Owner != path.Owner)
                yield return new("wrong-owner",
                    $"{path.Path} belongs to {Number(found.Owner)}, expected {Number(path.Owner)}");
        }
    }

    private static IEnumerable<MachineProblem> Addresses(Machine machine, MachineExpectation expected)
    {
        foreach (var address in expected.FloatingIps.Where(address => !machine.Addresses.Contains(address)))
            yield return new("address-not-configured",
                $"the machine does not answer for {address}: no netplan file gives it");
        if (machine.PodsReachMetadata && HasStarted(machine))
            yield return new("metadata-reachable", $"a pod can read {Metadata.Address}, and with it the user data");
    }

    private static IEnumerable<MachineProblem> Releases(Machine machine, MachineExpectation expected)
    {
        foreach (var download in machine.Events.Where(happening => happening.Kind == MachineEventKind.Downloaded
            && (happening.Detail.Contains("/latest/", StringComparison.Ordinal)
                || happening.Detail.Contains("/channels/", StringComparison.Ordinal))))
        {
            yield return new("unpinned-version", $"{download.Detail} is another file tomorrow");
        }

        if (expected.K3sVersion is not { } version)
            yield break;
        var program = machine.Files.TryReadText("/usr/local/bin/k3s");
        var installed = program?.StartsWith(ProgramRunner.StandIn, StringComparison.Ordinal) ?? false
            ? program.Trim().Split(' ').ElementAtOrDefault(2) : null;
        if (machine.CloudInit.IsDone && installed is null)
            yield return new("k3s-missing", "no K3s is installed");
        else if (installed is not null && installed != version)
            yield return new("wrong-version", $"K3s {installed} is installed, expected {version}");
        if (machine.Files.TryReadText("/usr/local/bin/k3s") is { Length: > 0 } && !Checked(machine))
            yield return new("unchecked-download", "K3s was installed without comparing its SHA-256");
    }

    private static IEnumerable<MachineProblem> Secrets(Machine machine, MachineExpectation expected) =>
        expected.Secrets.Where(secret =>
            Encodings(secret).Any(form => machine.UserData.Contains(form, StringComparison.Ordinal)))
            .Select(_ => new MachineProblem("secret-in-user-data",
                "user data holds a secret, which every pod of the machine could read"));

    // base64 of a text differs by its place among three bytes; the middle of each form is the same.
    private static IEnumerable<string> Encodings(string secret)
    {
        yield return secret;
        var bytes = System.Text.Encoding.UTF8.GetBytes(secret);
        for (var shift = 0; shift < 3; shift++)
        {
            var form = Convert.ToBase64String([.. new byte[shift], .. bytes]);
            yield return form[(shift == 0 ? 0 : 4)..^4];
        }

        yield return Convert.ToHexStringLower(bytes);
    }

    private static bool Checked(Machine machine) => machine.ConsoleText.Contains("k3s: OK", StringComparison.Ordinal);

    // What the machine was told to do, where devices are named.
    private static IEnumerable<string> Texts(Machine machine) =>
        machine.Files.Below("/etc").Concat(machine.Files.Below("/usr/local"))
        .Concat(machine.Files.Below("/var/lib/cloud/instance/scripts"))
        .Where(found => found.Node is FileNode)
        .SelectMany(found => System.Text.Encoding.UTF8.GetString(((FileNode)found.Node).Content).Split('\n'));

    private static bool HasStarted(Machine machine) =>
        machine.Events.Any(happening => happening.Kind == MachineEventKind.K3sStarted);

    private static TimeSpan Since(Machine machine) =>
        machine.Agenda.Now - (machine.Events.LastOrDefault(happening => happening.Kind == MachineEventKind.Booted)?.At
            ?? TimeSpan.Zero);

    private static string LastLines(Machine machine) =>
        string.Join(" | ", machine.ConsoleText.TrimEnd('\n').Split('\n').Where(line => line.Length > 0).TakeLast(5));

    private static string Minutes(TimeSpan duration) => duration.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture);

    private static string Octal(int mode) => "0" + Convert.ToString(mode, 8);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
