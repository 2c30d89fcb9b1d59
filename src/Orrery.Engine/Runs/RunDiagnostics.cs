using Orrery.Model.Diagnostics;

namespace Orrery.Engine.Runs;

/// <summary>What can go wrong before the first change of a run.</summary>
public static class RunDiagnostics
{
    /// <summary>A cloud refused or did not answer while the plan was made.</summary>
    public static readonly DiagnosticCode NotSeen = new(
        "PLAN001",
        "the cloud could not be looked at",
        "A plan compares the declaration with what is there, and that could not be read. Nothing was changed.");

    /// <summary>An upgrade changes one machine at a time, and all others must be there.</summary>
    internal static readonly DiagnosticCode NotSettled = new(
        "PLAN002",
        "machines are not as declared",
        "An upgrade takes one machine after the other and needs all others as they shall be. What else has changed "
        + "in the declaration, or is gone, comes first.");

    /// <summary>Nothing that could be upgraded runs there.</summary>
    public static readonly DiagnosticCode NoUpgrade = new(
        "PLAN003",
        "this cluster cannot be upgraded in place yet",
        "Machines of Talos are upgraded one by one. For K3s that is not there yet: machines are made anew with the "
        + "declared version.");

    /// <summary>In order of their codes.</summary>
    public static DiagnosticFamily Family { get; } = new(
        "PLAN", "planning", "Found while a plan is made.", [NotSeen, NotSettled, NoUpgrade]);
}
