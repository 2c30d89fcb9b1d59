using Orrery.Model.Platforms;
using Orrery.Simulation.Faults;

namespace Orrery.Rehearsal;

/// <summary>What is played.</summary>
public enum Scenario
{
    Up,
    Rebuild,
    Destroy,

    /// <summary>Up, every key that can be rotated rotated, rebuild.</summary>
    Rotate,

    /// <summary>Up with the versions before the declared ones, the upgrade to these, a second up.</summary>
    Upgrade,

    /// <summary>Up, a second up, rebuild, destroy.</summary>
    Lifecycle,
}

/// <summary>How a rehearsal is to be played; the same options on the same declaration give the same report.</summary>
public sealed record RehearsalOptions
{
    public required Platform Platform { get; init; }

    public Scenario Scenario { get; init; } = Scenario.Lifecycle;

    public ulong Seed { get; init; } = 1;

    public FaultProfile Faults { get; init; } = FaultProfile.None;

    /// <summary>Kill the engine at the Nth moment at which it may die, once; null for never.</summary>
    public int? CrashAt { get; init; }

    /// <summary>What an exploration puts between the engine and its ports: nothing, unless it plants a bug.</summary>
    public Interposed Interposed { get; init; } = Interposed.Nothing;
}
