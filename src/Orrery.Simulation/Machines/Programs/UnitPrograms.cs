using System.Globalization;
using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;
using Orrery.Simulation.Machines.Units;

namespace Orrery.Simulation.Machines.Programs;

/// <summary><c>systemctl</c> and <c>journalctl</c>.</summary>
internal static class UnitPrograms
{
    // systemctl(1), EXIT STATUS: 3 not running, 4 no such unit, 5 not loaded.
    private const int NotRunning = 3;
    private const int NoSuchUnit = 4;
    private const int NotLoaded = 5;

    public static async Work<int> SystemControl(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "qlfp:n:at:s:", "now", "quiet", "no-block", "no-pager", "full", "force", "system",
            "property:", "value",
            "lines:", "wait", "no-reload", "failed", "no-legend", "plain", "type:", "state:", "all", "signal:",
                "kill-whom:") is not { } options)
        {
            return 1;
        }

        var verb = options.Operands.FirstOrDefault() ?? "list-units";
        var names = options.Operands.Skip(1).ToList();
        switch (verb)
        {
            case "daemon-reload" or "daemon-reexec":
                call.Machine.Units.Reload();
                return 0;
            case "poweroff" or "reboot" or "halt":
                return await SystemPrograms.Halt(call with { Name = verb, Arguments = [] });
            case "is-system-running":
                var failed = call.Machine.Units.Units.Any(unit => unit.State == UnitState.Failed);
                call.Out.Line(failed ? "degraded" : "running");
                return failed ? 1 : 0;
            case "list-units" or "list-unit-files" or "list-jobs":
                foreach (var unit in call.Machine.Units.Units.Where(unit => !options.Has("failed")
                    || unit.State == UnitState.Failed))
                    call.Out.Line($"{unit.Name} loaded {Word(unit.State)}");
                return 0;
            case "reset-failed":
                foreach (var unit in call.Machine.Units.Units.Where(unit => unit.State == UnitState.Failed))
                    unit.State = UnitState.Inactive;
                return 0;
        }

        if (names.Count == 0)
            return call.Fail("Too few arguments.");
        var status = 0;
        foreach (var name in names)
        {
            var result = await One(call, options, verb, name);
            // `is-active` is content with one that is.
            status = verb.StartsWith("is-", StringComparison.Ordinal) && name != names[0] ? Math.Min(status, result)
                : Math.Max(status, result);
        }

        return status;
    }

    public static async Work<int> JournalControl(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "u:n:xefb:rqp:o:kt:", "unit:", "lines:", "no-pager", "since:", "output:", "boot",
            "quiet", "sync", "flush", "reverse")
            is not { } options)
        {
            return 1;
        }

        var unit = options.Value("u", "unit");
        var lines = options.Value("o", "output") == "cat"
            ? call.Machine.Journal.Of(unit is null ? null : InitSystem.Full(unit)).ToList()
            : [.. call.Machine.Journal.Shown(unit is null ? null : InitSystem.Full(unit), call.Machine.HostName)];
        var count = int.TryParse(options.Value("n", "lines"), out var given) ? given : lines.Count;
        if (lines.Count == 0)
            call.Out.Line("-- No entries --");
        foreach (var line in lines.Skip(Math.Max(0, lines.Count - count)))
            call.Out.Line(line);
        return 0;
    }

    private static async Work<int> One(Invocation call, Options options, string verb, string name)
    {
        var manager = call.Machine.Units;
        var full = InitSystem.Full(name);
        switch (verb)
        {
            case "is-active" or "is-failed":
                var state = manager.StateOf(full);
                if (!options.Has("q", "quiet"))
                    call.Out.Line(Word(state));
                return state == (verb == "is-active" ? UnitState.Active : UnitState.Failed) ? 0 : verb == "is-active"
                    ? NotRunning : 1;
            case "is-enabled":
                return IsEnabled(call, options, full);
            case "mask":
                call.Files.MakeFolders("/etc/systemd/system");
                if (call.Files.Find("/etc/systemd/system/" + full, followLinks: false) is not null)
                    return call.Fail($"Failed to mask unit: File /etc/systemd/system/{full} already exists.");
                call.Files.Put("/etc/systemd/system/" + full, new LinkNode("/dev/null"));
                manager.Reload();
                return options.Has("now") ? await Stop(call, full) : 0;
            case "unmask":
                if (manager.IsMasked(full))
                    call.Files.Remove("/etc/systemd/system/" + full);
                manager.Reload();
                return 0;
        }

        if (manager.Find(full) is not { } unit)
        {
            return verb == "status" ? Missing(call, $"Unit {full} could not be found.", NoSuchUnit)
                : verb is "enable" or "disable"
                    ? Missing(call, $"Failed to {verb} unit: Unit file {full} does not exist.", 1)
                : verb == "stop" ? Missing(call, $"Failed to stop {full}: Unit {full} not loaded.", NotLoaded)
                : Missing(call, $"Failed to {verb} {full}: Unit {full} not found.", NotLoaded);
        }

        switch (verb)
        {
            case "enable":
                return Enable(call, unit) | (options.Has("now") ? await Start(call, options, full) : 0);
            case "disable":
                Disable(call, full);
                return options.Has("now") ? await Stop(call, full) : 0;
            case "start":
                return await Start(call, options, full);
            case "stop":
                return await Stop(call, full);
            case "restart" or "reload-or-restart" or "try-restart" or "condrestart"
                or "reload" or "try-reload-or-restart":
                if (verb == "reload"
                    || (verb != "restart" && verb != "reload-or-restart" && unit.State != UnitState.Active))
                    return 0;
                await manager.Stop(full);
                return await Start(call, options, full);
            case "status" or "show" or "cat":
                return Show(call, options, verb, unit);
            case "kill":
                return 0;
            default:
                return call.Fail($"Unknown command verb {verb}.");
        }
    }

    private static async Work<int> Start(Invocation call, Options options, string name)
    {
        if (call.Machine.Units.IsMasked(name))
            return Missing(call, $"Failed to start {name}: Unit {name} is masked.", 1);
        var start = call.Machine.Units.Start(name);
        if (options.Has("no-block"))
        {
            Scope.Start(start);
            return 0;
        }

        if (await start)
            return 0;
        var unit = call.Machine.Units.Find(name);
        return Missing(call, unit?.Result == "dependency"
            ? $"A dependency job for {name} failed. See 'journalctl -xe' for details."
            : $"Job for {name} failed because "
                + (unit?.Result == "timeout" ? "a timeout was exceeded.\n"
                    : "the control process exited with error code.\n")
                + $"See \"systemctl status {name}\" and \"journalctl -xeu {name}\" for details.", 1);
    }

    private static async Work<int> Stop(Invocation call, string name) => await call.Machine.Units.Stop(name) ? 0 : 1;

    private static int Enable(Invocation call, Unit unit)
    {
        if (unit.File?.Path is not { } path)
            return 0;
        var links = unit.File.Names("WantedBy", "Install").Select(target => (target, "wants"))
            .Concat(unit.File.Names("RequiredBy", "Install").Select(target => (target, "requires")));
        foreach (var (target, kind) in links)
        {
            var folder = $"/etc/systemd/system/{target}.{kind}";
            call.Files.MakeFolders(folder);
            if (call.Files.Find($"{folder}/{unit.Name}", followLinks: false) is not null)
                continue;
            call.Files.Put($"{folder}/{unit.Name}", new LinkNode(path));
            call.Error.Line($"Created symlink {folder}/{unit.Name} → {path}.");
        }

        return 0;
    }

    private static void Disable(Invocation call, string name)
    {
        foreach (var (path, _) in Links(call.Files, name).ToList())
            call.Files.Remove(path);
    }

    private static int IsEnabled(Invocation call, Options options, string name)
    {
        var (word, status) = call.Machine.Units.IsMasked(name) ? ("masked", 1)
            : call.Machine.Units.Find(name) is not { } unit ? ("not-found", NoSuchUnit)
            : Links(call.Files, name).Any() ? ("enabled", 0)
            : unit.File is null || !(unit.File.Has("Install", "WantedBy") || unit.File.Has("Install", "RequiredBy"))
                ? ("static", 0)
            : ("disabled", 1);
        if (!options.Has("q", "quiet"))
            call.Out.Line(word);
        return status;
    }

    /// <summary>The links by which a unit is enabled.</summary>
    public static IEnumerable<(string Path, Node Node)> Links(FileSystem files, string name) =>
        files.Below("/etc/systemd/system").Where(found => found.Node is LinkNode
            && found.Path.EndsWith("/" + name, StringComparison.Ordinal)
            && (found.Path.Contains(".wants/", StringComparison.Ordinal)
                || found.Path.Contains(".requires/", StringComparison.Ordinal)));

    private static int Show(Invocation call, Options options, string verb, Unit unit)
    {
        if (verb == "cat")
        {
            call.Out.Text(unit.File?.Path is { } path ? call.Files.ReadText(path) : "");
            return 0;
        }

        if (verb == "show")
        {
            foreach (var property in (options.Value("p", "property") ?? "ActiveState,Result").Split(','))
            {
                var value = property switch
                {
                    "ActiveState" => Word(unit.State),
                    "SubState" => unit.State == UnitState.Active ? "running" : "dead",
                    "LoadState" => "loaded",
                    "Result" => unit.Result,
                    "ExecMainStatus" => unit.ExitCode.ToString(CultureInfo.InvariantCulture),
                    "NRestarts" => unit.Restarts.ToString(CultureInfo.InvariantCulture),
                    _ => "",
                };
                call.Out.Line(options.Has("value") ? value : $"{property}={value}");
            }

            return 0;
        }

        call.Out.Line($"● {unit.Name}\n     Active: {Word(unit.State)} (Result: {unit.Result})");
        foreach (var line in call.Machine.Journal.Of(unit.Name).TakeLast(10))
            call.Out.Line(line);
        return unit.State == UnitState.Active ? 0 : NotRunning;
    }

    private static int Missing(Invocation call, string message, int code)
    {
        call.Error.Line(message);
        return code;
    }

    private static string Word(UnitState state) => state.ToString().ToLowerInvariant();
}
