namespace Orrery.Simulation.Machines;

/// <summary>What can be said of a machine's doings.</summary>
public enum MachineEventKind
{
    /// <summary>It was switched on.</summary>
    Booted,

    /// <summary>It was switched off or crashed.</summary>
    Halted,

    /// <summary>A file system was made; the detail says whether one stood there before.</summary>
    Formatted,

    /// <summary>Device and path.</summary>
    Mounted,

    /// <summary>The path.</summary>
    Unmounted,

    /// <summary>A device vanished while it was mounted.</summary>
    Torn,

    /// <summary>The address of what was fetched.</summary>
    Downloaded,

    /// <summary>A package.</summary>
    Installed,

    /// <summary>A unit and what became of it.</summary>
    UnitFailed,

    /// <summary>K3s runs; the detail is its version.</summary>
    K3sStarted,

    /// <summary>Its API answers.</summary>
    K3sReady,

    /// <summary>Why K3s ended.</summary>
    K3sStopped,

    /// <summary>A problem that cloud-init reports.</summary>
    CloudInitProblem,

    /// <summary>cloud-init ended; the detail is its status.</summary>
    CloudInitDone,
}

/// <summary>Something that happened on a machine.</summary>
/// <param name="At">Since the world began.</param>
/// <param name="Boot">During which boot, from 1.</param>
/// <param name="By">The process group: <c>cloud-init</c>, <c>boot</c>, a unit's name, or <c>session</c>.</param>
public sealed record MachineEvent(TimeSpan At, int Boot, MachineEventKind Kind, string By, string Detail);
