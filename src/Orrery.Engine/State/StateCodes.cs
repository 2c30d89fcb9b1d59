using Orrery.Model.Diagnostics;

namespace Orrery.Engine.State;

/// <summary>What can be wrong with a platform's state.</summary>
public static class StateCodes
{
    internal static readonly DiagnosticCode Busy = new(
        "STATE001",
        "another process is writing the state at this moment",
        "Each write locks the folder for milliseconds, and the lock could not be had for two seconds. Run the "
        + "command again.");

    internal static readonly DiagnosticCode LeaseUnreadable = new(
        "STATE002",
        "the lease cannot be read",
        "`lease.json` says who writes, and is not what Orrery writes there. Make sure that nobody else works on "
        + "the platform, then delete it.");

    public static readonly DiagnosticCode Held = new(
        "STATE003",
        "somebody else works on this platform",
        "Only one run writes at a time. A run that died lets go by itself within 30 seconds; one that lives must "
        + "finish.");

    internal static readonly DiagnosticCode Damaged = new(
        "STATE004",
        "the state is damaged",
        "`state.json` is cut off, or its content does not fit its digest. `orrery state restore DIR SERIAL` "
        + "brings back a version that is kept; what was made since is found again by its label.");

    internal static readonly DiagnosticCode UnknownSchema = new(
        "STATE005",
        "the state has a schema that this Orrery does not know",
        "A newer Orrery wrote it. Use that one, or a newer one still.");

    internal static readonly DiagnosticCode JournalDamaged = new(
        "STATE006",
        "the journal does not fit the state",
        "A line of the journal is changed or missing, or it continues a version that is not here. Keep a copy of "
        + "the `.orrery` folder, then restore the last good version.");

    internal static readonly DiagnosticCode OtherPlatform = new(
        "STATE007",
        "the state belongs to another platform",
        "It was written for a platform of another id. If it is the same platform under a new name or repository, "
        + "declare the id that it had.");

    internal static readonly DiagnosticCode Moved = new(
        "STATE008",
        "the state was changed by someone else during the run",
        "Nothing was overwritten. Run the command again: it goes on from what is there.");

    internal static readonly DiagnosticCode CannotOpen = new(
        "STATE009",
        "the state's sensitive values cannot be opened",
        "They are encrypted to the recovery recipients. Set the recovery identity that belongs to one of them.");

    internal static readonly DiagnosticCode Unwritable = new(
        "STATE010",
        "the state cannot be written",
        "The disk is full, or the operating system refuses. What was under way is found again when the command is "
        + "run again.");

    /// <summary>In order of their codes.</summary>
    public static DiagnosticFamily Family { get; } = new(
        "STATE",
        "the state of a platform",
        "Found while the state is read or written. Nothing of it is lost or overwritten then.",
        [
            Busy, LeaseUnreadable, Held, Damaged, UnknownSchema, JournalDamaged, OtherPlatform, Moved, CannotOpen,
            Unwritable,
        ]);
}
