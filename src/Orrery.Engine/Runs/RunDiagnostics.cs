using Orrery.Model.Diagnostics;

namespace Orrery.Engine.Runs;

/// <summary>What can go wrong before the first change of a run.</summary>
public static class RunDiagnostics
{
    /// <summary>A cloud refused or did not answer while the plan was made.</summary>
    public static readonly DiagnosticCode NotSeen = new(
        "PLAN002",
        "the cloud could not be looked at",
        "A plan compares the declaration with what is there, and that could not be read. Nothing was changed.");

    private static readonly DiagnosticCode Moved = new(
        "PLAN001",
        "the saved plan no longer fits",
        "The declaration, the state or the cloud has changed since it was made. Look at a new plan and save that.");

    /// <summary>In order of their codes.</summary>
    public static DiagnosticFamily Family { get; } = new(
        "PLAN", "planning", "Found while a plan is made or compared with a saved one.", [Moved, NotSeen]);

    internal static Diagnostic PlanMoved() => Moved.At(
        null,
        "The declaration, the state or the cloud has changed since it was made; nothing was changed now.",
        ["look at a new one: orrery plan DIR --out FILE"]);
}
