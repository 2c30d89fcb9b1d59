using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.Machines.Units;

/// <summary>
/// The machine's init: starts and stops units with what they require, in the order that they ask for. What is not
/// ordered runs at the same time.
/// </summary>
internal sealed class InitSystem(Machine machine)
{
    private readonly SortedDictionary<string, Unit> _units = new(StringComparer.Ordinal);
    private readonly ServiceRunner _runner = new(machine);

    public IEnumerable<Unit> Units => _units.Values;

    /// <summary>Adds a unit of the system itself.</summary>
    public void Add(Unit unit) => _units[unit.Name] = unit;

    public UnitState StateOf(string name) => _units.GetValueOrDefault(Full(name))?.State ?? UnitState.Inactive;

    /// <summary>A name without a suffix is a service.</summary>
    public static string Full(string name) => name.StartsWith('/') ? UnitFile.MountName(name)
        : name.Contains('.', StringComparison.Ordinal) ? name : name + ".service";

    /// <summary>The unit of that name, or null where nothing says what it is.</summary>
    public Unit? Find(string name)
    {
        name = Full(name);
        if (!_units.TryGetValue(name, out var unit))
        {
            var file = UnitFile.Load(machine.Files, name);
            if (file is null && !IsTarget(name))
                return null;
            _units[name] = unit = new Unit(name) { File = file };
        }

        return unit;
    }

    /// <summary>Reads all files again.</summary>
    public void Reload()
    {
        foreach (var unit in _units.Values.Where(unit => unit.Own is null))
            unit.File = UnitFile.Load(machine.Files, unit.Name);
        foreach (var name in _units.Values.Where(unit => unit.Own is null && unit.File is null && !IsTarget(unit.Name)
            && unit.State == UnitState.Inactive).Select(unit => unit.Name).ToList())
        {
            _units.Remove(name);
        }
    }

    /// <summary>The power is gone: nothing runs.</summary>
    public void Forget()
    {
        foreach (var unit in _units.Values)
            (unit.State, unit.Job, unit.Processes, unit.Result) = (UnitState.Inactive, null, null, "success");
        Reload();
    }

    public bool IsMasked(string name) =>
        machine.Files.Find("/etc/systemd/system/" + Full(name), followLinks: false) is LinkNode { Target: "/dev/null" };

    /// <summary>
    /// Starts a unit with all that it pulls in; true when it is active, or was skipped by a condition.
    /// </summary>
    public Work<bool> Start(string name)
    {
        if (Find(name) is not { } unit)
            return Done(false);
        if (unit.State == UnitState.Active)
            return Done(true);
        var jobs = new List<Unit>();
        Collect(unit, jobs);
        if (Cyclic(jobs) is { } looped)
        {
            machine.Log(unit.Name, $"Failed to start {unit.Name}: Transaction order is cyclic: {looped.Name}.");
            machine.Note(MachineEventKind.UnitFailed, unit.Name, $"ordering cycle: {looped.Name}");
            return Done(false);
        }

        // All jobs are known before the first one runs, so that each sees those it has to wait for.
        var begin = jobs.ToDictionary(member => member, _ => new Signal());
        foreach (var member in jobs)
            member.Job = RunJob(member, begin[member]);
        var job = unit.Job;
        foreach (var member in jobs)
            begin[member].Set();
        return job ?? Done(unit.State == UnitState.Active);
    }

    /// <summary>Stops a unit, and before it what cannot be without it.</summary>
    public async Work<bool> Stop(string name)
    {
        if (Find(name) is not { } unit)
            return false;
        foreach (var dependent in _units.Values.Where(other => other.State is UnitState.Active or UnitState.Activating
            && other != unit && (other.Requires.Contains(unit.Name) || other.PartOf.Contains(unit.Name))).ToList())
        {
            await Stop(dependent.Name);
        }

        return await _runner.Stop(unit);
    }

    /// <summary>Stops everything in the reverse order of starting, as a shutdown does.</summary>
    public async Work<bool> StopAll()
    {
        var left = _units.Values.Where(unit => unit.State is UnitState.Active or UnitState.Activating
            && unit.File is not null).ToList();
        while (left.Count > 0)
        {
            var next = left.Find(unit => !left.Exists(other => other != unit && AllAfter(other).Contains(unit.Name)))
                ?? left[0];
            left.Remove(next);
            await _runner.Stop(next);
        }

        return true;
    }

    /// <summary>Everything that a unit has to wait for.</summary>
    public IEnumerable<string> AllAfter(Unit unit)
    {
        var after = unit.After.Concat(unit.Mounts)
            .Concat(_units.Values.Where(other => other.Before.Contains(unit.Name)).Select(other => other.Name));
        if (IsTarget(unit.Name))
            after = after.Concat(Pulled(unit).Where(name => !IsAfter(name, unit.Name) && !IsOptionalMount(name)));
        else if (unit.Own is null && !unit.Name.EndsWith(".mount", StringComparison.Ordinal)
            && unit.File?.Value("Unit", "DefaultDependencies") is not ("no" or "false"))
            after = after.Append("basic.target");
        return after;
    }

    // A target comes after what it wants, except what says itself that it comes after the target.
    private bool IsAfter(string name, string target) => _units.GetValueOrDefault(name)?.After.Contains(target) ?? false;

    // Nobody waits for a mount that is marked nofail: systemd.mount(5).
    private bool IsOptionalMount(string name) => name.EndsWith(".mount", StringComparison.Ordinal)
        && FstabLine.Read(machine.Files).Any(line => UnitFile.MountName(line.Path) == name && line.Has("nofail"));

    private async Work<bool> RunJob(Unit unit, Signal begin)
    {
        await machine.Power.WaitFor(begin);
        foreach (var name in AllAfter(unit).Distinct().ToList())
        {
            if (_units.GetValueOrDefault(name) is { Job: { } job } other && other != unit)
                await job;
        }

        var ordered = AllAfter(unit).ToHashSet(StringComparer.Ordinal);
        var requires = unit.Requires.Concat(Linked(unit, "requires")).Distinct().ToList();
        var missing = requires.Find(name => ordered.Contains(name) && Find(name)?.State != UnitState.Active);
        var unknown = requires.Find(name => Find(name) is null);
        bool result;
        if ((missing ?? unknown) is { } required)
        {
            unit.State = unit.State == UnitState.Failed ? UnitState.Failed : UnitState.Inactive;
            unit.Result = "dependency";
            machine.Log(unit.Name, $"Dependency failed for {unit.Name}: {required}.");
            machine.Note(MachineEventKind.UnitFailed, unit.Name, $"dependency: {required}");
            result = false;
        }
        else
        {
            foreach (var other in _units.Values.Where(other => other.State is UnitState.Active or UnitState.Activating
                && (unit.Conflicts.Contains(other.Name) || other.Conflicts.Contains(unit.Name))).ToList())
                await Stop(other.Name);
            result = await _runner.Start(unit);
        }

        unit.Job = null;
        return result;
    }

    /// <summary>A unit that would wait for itself, or null.</summary>
    private Unit? Cyclic(List<Unit> jobs)
    {
        var after = jobs.ToDictionary(job => job.Name,
            job => AllAfter(job).Where(name => jobs.Exists(other => other.Name == name)).ToHashSet());
        while (after.Count > 0)
        {
            var free = after.Where(job => job.Value.Count == 0).Select(job => job.Key).ToList();
            if (free.Count == 0)
                return jobs.Find(job => after.ContainsKey(job.Name));
            foreach (var name in free)
                after.Remove(name);
            foreach (var waiting in after.Values)
                waiting.ExceptWith(free);
        }

        return null;
    }

    private void Collect(Unit unit, List<Unit> jobs)
    {
        if (jobs.Contains(unit) || unit.Job is not null || unit.State == UnitState.Active)
            return;
        jobs.Add(unit);
        foreach (var name in unit.Requires.Concat(Pulled(unit)).ToList())
        {
            if (!IsMasked(name) && Find(name) is { } other)
                Collect(other, jobs);
        }
    }

    private IEnumerable<string> Pulled(Unit unit)
    {
        var linked = Linked(unit, "wants").Concat(Linked(unit, "requires"));
        var mounts = unit.Name == "local-fs.target"
            ? FstabLine.Read(machine.Files)
                .Where(line => !line.Has("noauto") && line.Type != "swap" && line.Path != "/")
                .Select(line => UnitFile.MountName(line.Path))
            : [];
        return unit.Wants.Concat(linked).Concat(mounts).Distinct();
    }

    private IEnumerable<string> Linked(Unit unit, string kind) =>
        UnitFile.Folders.SelectMany(folder =>
            (machine.Files.Find($"{folder}/{unit.Name}.{kind}") as FolderNode)?.Children.Keys.ToList() ?? []);

    private static bool IsTarget(string name) => name.EndsWith(".target", StringComparison.Ordinal);

    private static Work<bool> Done(bool result)
    {
        var work = new Work<bool>();
        work.Complete(result);
        return work;
    }
}
