using Orrery.Simulation.Machines.Execution;

namespace Orrery.Simulation.Machines.Units;

/// <summary>What a unit is doing.</summary>
internal enum UnitState
{
    Inactive,
    Activating,
    Active,
    Deactivating,
    Failed,
}

/// <summary>A unit that the manager knows, with what became of it.</summary>
internal sealed class Unit(string name)
{
    public string Name => name;

    /// <summary>Null where no file says what it is; targets need none.</summary>
    public UnitFile? File { get; set; }

    /// <summary>What a unit of the system itself does when it is started, for those without a file.</summary>
    public Func<Scope, Work<int>>? Own { get; init; }

    public IReadOnlyList<string> OwnAfter { get; init; } = [];

    public IReadOnlyList<string> OwnWants { get; init; } = [];

    public UnitState State { get; set; }

    /// <summary>Why it failed: <c>exit-code</c>, <c>timeout</c>, <c>dependency</c>.</summary>
    public string Result { get; set; } = "success";

    public int ExitCode { get; set; }

    /// <summary>Its processes, where any run.</summary>
    public Scope? Processes { get; set; }

    /// <summary>The start or stop that goes on at this moment.</summary>
    public Work<bool>? Job { get; set; }

    public int Restarts { get; set; }

    public IEnumerable<string> After => OwnAfter.Concat(Named("After"));

    public IEnumerable<string> Before => Named("Before");

    /// <summary>Whichever of the two starts stops the other.</summary>
    public IEnumerable<string> Conflicts => Named("Conflicts");

    public IEnumerable<string> Requires =>
        Named("Requires").Concat(Named("BindsTo")).Concat(Named("Requisite")).Concat(Mounts);

    public IEnumerable<string> Wants => OwnWants.Concat(Named("Wants"));

    /// <summary>The mounts of the paths that it needs.</summary>
    public IEnumerable<string> Mounts => Named("RequiresMountsFor").Select(UnitFile.MountName);

    public IEnumerable<string> PartOf => Named("PartOf").Concat(Named("BindsTo"));

    private IEnumerable<string> Named(string key) => File?.Names(key) ?? [];
}
