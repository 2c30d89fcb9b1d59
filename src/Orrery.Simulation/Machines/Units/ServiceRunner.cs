using System.Globalization;
using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;
using Orrery.Simulation.Machines.Programs;
using Orrery.Simulation.Machines.Shell;

namespace Orrery.Simulation.Machines.Units;

/// <summary>Starts and stops single units: systemd.service(5) and systemd.mount(5).</summary>
internal sealed class ServiceRunner(Machine machine)
{
    // systemd-system.conf(5): DefaultTimeoutStartSec, DefaultStartLimitBurst; systemd.service(5): RestartSec.
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan RestartAfter = TimeSpan.FromMilliseconds(100);
    private const int StartBurst = 5;

    // A device that fstab names is waited for this long: systemd.mount(5), x-systemd.device-timeout.
    private static readonly TimeSpan DeviceLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan DevicePoll = TimeSpan.FromMilliseconds(500);

    public async Work<bool> Start(Unit unit)
    {
        if (unit.Name.EndsWith(".target", StringComparison.Ordinal))
            return Activate(unit);
        if (unit.Own is { } own)
        {
            unit.State = UnitState.Activating;
            unit.Processes = machine.Power.Child();
            var status = await own(unit.Processes);
            return status == 0 ? Activate(unit) : Fail(unit, "exit-code", status);
        }

        if (unit.File is not { } file)
            return false;
        if (Unmet(file) is { } condition)
        {
            machine.Log(unit.Name, $"{unit.Name} was skipped because of an unmet condition check ({condition}).");
            unit.State = UnitState.Inactive;
            return !condition.StartsWith("Assert", StringComparison.Ordinal);
        }

        unit.State = UnitState.Activating;
        unit.Result = "success";
        if (unit.Name.EndsWith(".mount", StringComparison.Ordinal))
            return await StartMount(unit, file);
        return await StartService(unit, file);
    }

    public async Work<bool> Stop(Unit unit)
    {
        if (unit.State is UnitState.Inactive or UnitState.Failed && unit.Processes is null)
            return true;
        unit.State = UnitState.Deactivating;
        if (unit.Name.EndsWith(".mount", StringComparison.Ordinal) && unit.File is { } mount)
        {
            var problem = machine.Mounts.Unmount(mount.Value("Mount", "Where") ?? "/", unit.Name);
            unit.State = problem is null || problem.EndsWith("not mounted.", StringComparison.Ordinal)
                ? UnitState.Inactive : UnitState.Active;
            if (unit.State == UnitState.Active)
                machine.Log(unit.Name, $"Failed unmounting {unit.Name}: {problem}");
            return unit.State == UnitState.Inactive;
        }

        // The slice of all containers: with it they end, and hold nothing any more.
        if (unit.Name == K3s.K3sNode.PodSlice)
            machine.ReleaseAll();
        foreach (var line in unit.File?.Values("Service", "ExecStop") ?? [])
            await ExecLine.Run(machine, unit, line, machine.Power.Child());
        unit.Processes?.Kill();
        // A start that was under way is over, too.
        (unit.Processes, unit.Job) = (null, null);
        if (unit.Name == "k3s.service")
            machine.K3s.Stopped("stopped");
        foreach (var line in unit.File?.Values("Service", "ExecStopPost") ?? [])
            await ExecLine.Run(machine, unit, line, machine.Power.Child());
        unit.State = UnitState.Inactive;
        machine.Journal.Add(unit.Name, $"Stopped {unit.Name}.");
        return true;
    }

    private async Work<bool> StartMount(Unit unit, UnitFile file)
    {
        var source = file.Value("Mount", "What") ?? "";
        var options = file.Value("Mount", "Options") ?? "defaults";
        var line = new FstabLine(source, file.Value("Mount", "Where") ?? "", file.Value("Mount", "Type") ?? "auto",
            options);
        if (machine.Files.MountAtPath(line.Path) is not null)
            return Activate(unit);
        var limit = ShellPrograms.Duration(line.Value("x-systemd.device-timeout") ?? "") ?? DeviceLimit;
        for (var waited = TimeSpan.Zero; source.StartsWith('/')
            && machine.Files.Find(source) is null; waited += DevicePoll)
        {
            if (waited >= limit)
            {
                machine.Log(unit.Name, $"Timed out waiting for device {source}.");
                return Fail(unit, "dependency", 0);
            }

            await machine.Power.Sleep(DevicePoll);
        }

        machine.Files.MakeFolders(line.Path);
        if (machine.Mounts.Mount(source, line.Path, line.Type, options, unit.Name) is not { } problem)
            return Activate(unit);
        machine.Log(unit.Name, "mount: " + problem);
        return Fail(unit, "exit-code", 32);
    }

    private async Work<bool> StartService(Unit unit, UnitFile file)
    {
        var type = file.Value("Service", "Type") ?? (file.Has("Service", "ExecStart") ? "simple" : "oneshot");
        var scope = machine.Power.Child();
        unit.Processes = scope;
        foreach (var line in file.Values("Service", "ExecStartPre"))
        {
            var status = await Limited(unit, ExecLine.Run(machine, unit, line, scope), Limit(file, type));
            if (status != 0)
                return await Ended(unit, file, status);
        }

        if (type == "oneshot")
        {
            foreach (var line in file.Values("Service", "ExecStart"))
            {
                var status = await Limited(unit, ExecLine.Run(machine, unit, line, scope), Limit(file, type));
                if (status != 0)
                    return await Ended(unit, file, status);
            }

            unit.Processes = null;
            Activate(unit);
            if (file.Value("Service", "RemainAfterExit") is not ("yes" or "true" or "1" or "on"))
                unit.State = UnitState.Inactive;
            return true;
        }

        var ready = new Signal();
        var isReady = false;
        var main = ExecLine.Run(machine, unit, file.Value("Service", "ExecStart") ?? "", scope, () =>
        {
            isReady = true;
            ready.Set();
        });
        if (type == "forking")
        {
            var status = await Limited(unit, main, Limit(file, type));
            return status == 0 ? Activate(unit) : await Ended(unit, file, status);
        }

        main.OnCompleted(ready.Set);
        if (type == "notify" && !isReady && !main.IsCompleted)
        {
            var inTime = await machine.Power.WaitFor(ready, Limit(file, type));
            // It was stopped meanwhile, and perhaps started anew: that is no business of this start.
            if (unit.Processes != scope)
                return false;
            if (!inTime)
                return await Ended(unit, file, null);
        }

        if (main.IsCompleted && (type == "notify" || main.GetResult() != 0))
            return await Ended(unit, file, main.GetResult());
        Activate(unit);
        main.OnCompleted(() =>
        {
            if (unit.Processes == scope)
                Scope.Start(Ended(unit, file, main.GetResult()));
        });
        EndAfterLongest(unit, file, scope);
        return true;
    }

    private void EndAfterLongest(Unit unit, UnitFile file, Scope scope)
    {
        if (file.Value("Service", "RuntimeMaxSec") is not { } text || ShellPrograms.Duration(text) is not { } longest)
            return;
        machine.Agenda.After(longest, () =>
        {
            if (unit.Processes == scope && !scope.IsDead)
                Scope.Start(Ended(unit, file, null));
        });
    }

    private async Work<int?> Limited(Unit unit, Work<int> work, TimeSpan? limit)
    {
        if (work.IsCompleted)
            return work.GetResult();
        var ended = new Signal();
        work.OnCompleted(ended.Set);
        await machine.Power.WaitFor(ended, limit);
        if (work.IsCompleted)
            return work.GetResult();
        machine.Log(unit.Name, $"{unit.Name}: start operation timed out. Terminating.");
        return null;
    }

    // The main process ended, or did not become ready in time (no status).
    private async Work<bool> Ended(Unit unit, UnitFile file, int? status)
    {
        unit.Processes?.Kill();
        unit.Processes = null;
        if (unit.Name == "k3s.service")
            machine.K3s.Stopped(status is null ? "timeout" : "exit code " + Number(status.Value));
        if (status == 0)
            unit.State = UnitState.Inactive;
        else
            Fail(unit, status is null ? "timeout" : "exit-code", status ?? 0);
        foreach (var line in file.Values("Service", "ExecStopPost"))
            await ExecLine.Run(machine, unit, line, machine.Power.Child());
        var policy = file.Value("Service", "Restart") ?? "no";
        if (policy is "always" || (policy is "on-failure" or "on-abnormal" && status != 0))
            Restart(unit, file);
        return status == 0;
    }

    private void Restart(Unit unit, UnitFile file)
    {
        var pause = ShellPrograms.Duration(file.Value("Service", "RestartSec") ?? "") ?? RestartAfter;
        // With a long pause the burst limit of 5 starts in 10 seconds is never reached.
        if (++unit.Restarts >= StartBurst && pause < TimeSpan.FromSeconds(2))
        {
            machine.Log(unit.Name, $"{unit.Name}: Start request repeated too quickly.");
            return;
        }

        var scope = machine.Power.Child();
        unit.Processes = scope;
        machine.Agenda.After(pause, () =>
        {
            if (!scope.IsDead && unit.Processes == scope && unit.State == UnitState.Failed)
                Scope.Start(Start(unit));
        });
    }

    private static TimeSpan? Limit(UnitFile file, string type)
    {
        var given = file.Value("Service", "TimeoutStartSec") ?? file.Value("Service", "TimeoutSec");
        if (given is "infinity" or "0")
            return null;
        return given is not null ? ShellPrograms.Duration(given.Replace("min", "m", StringComparison.Ordinal))
            ?? StartLimit
            : type == "oneshot" ? null : StartLimit;
    }

    private static bool Activate(Unit unit)
    {
        unit.State = UnitState.Active;
        unit.Result = "success";
        return true;
    }

    private bool Fail(Unit unit, string result, int status)
    {
        unit.State = UnitState.Failed;
        unit.Result = result;
        unit.ExitCode = status;
        machine.Log(unit.Name, $"{unit.Name}: Failed with result '{result}' (status={Number(status)}).");
        var last = string.Join(" | ", machine.Journal.Of(unit.Name).TakeLast(3));
        machine.Note(MachineEventKind.UnitFailed, unit.Name, $"{result}: {last}");
        return false;
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private string? Unmet(UnitFile file)
    {
        foreach (var kind in new[] { "Condition", "Assert" })
        {
            foreach (var (test, flag) in new[] { ("PathExists", "-e"), ("PathIsDirectory", "-d"),
                ("FileNotEmpty", "-s"), ("PathIsSymbolicLink", "-L") })
            {
                foreach (var value in file.Values("Unit", kind + test))
                {
                    if (new TestExpression(machine.Files, "/", [flag, value.TrimStart('!')])
                        .Value() == value.StartsWith('!'))
                        return $"{kind}{test}={value}";
                }
            }

            foreach (var value in file.Values("Unit", kind + "PathIsMountPoint"))
            {
                if (machine.Files.MountAtPath(value.TrimStart('!')) is null != value.StartsWith('!'))
                    return $"{kind}PathIsMountPoint={value}";
            }
        }

        return null;
    }
}
