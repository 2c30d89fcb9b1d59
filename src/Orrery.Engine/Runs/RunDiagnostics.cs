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

    /// <summary>In order of their codes.</summary>
    public static DiagnosticFamily Family { get; } = new(
        "PLAN", "planning", "Found while a plan is made.", [NotSeen]);
}
