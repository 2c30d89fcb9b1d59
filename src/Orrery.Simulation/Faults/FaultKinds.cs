using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Faults;

/// <summary>Everything that the explorations let go wrong, one by one.</summary>
public enum FaultKind
{
    Http429,
    Http500Before,
    Http500After,
    LostRequest,
    LostReply,
    LateRequest,
    Reset,
    SlowReply,
    StaleList,
    ResourceUnavailable,
    Locked,
    ActionFailed,
    ActionSlow,
}

/// <summary>
/// The names of the fault kinds, as reports print them, and who plays each: the network or the world.
/// </summary>
public static class FaultKinds
{
    private static readonly (FaultKind Kind, string Name, WorldFault? World)[] Table =
    [
        (FaultKind.Http429, "http-429", WorldFault.RateLimited),
        (FaultKind.Http500Before, "http-500-before", WorldFault.ErrorBefore),
        (FaultKind.Http500After, "http-500-after", WorldFault.ErrorAfter),
        (FaultKind.LostRequest, "lost-request", null),
        (FaultKind.LostReply, "lost-reply", null),
        (FaultKind.LateRequest, "late-request", null),
        (FaultKind.Reset, "reset", null),
        (FaultKind.SlowReply, "slow-reply", null),
        (FaultKind.StaleList, "stale-list", WorldFault.StaleList),
        (FaultKind.ResourceUnavailable, "resource-unavailable", WorldFault.ResourceUnavailable),
        (FaultKind.Locked, "locked", WorldFault.Locked),
        (FaultKind.ActionFailed, "action-failed", WorldFault.ActionFails),
        (FaultKind.ActionSlow, "action-slow", WorldFault.ActionSlow),
    ];

    public static IReadOnlyList<FaultKind> All { get; } = [.. Table.Select(row => row.Kind)];

    /// <summary>For example <c>http-500-after</c>.</summary>
    public static string NameOf(FaultKind kind) => Table.Single(row => row.Kind == kind).Name;

    /// <summary>What the world is told to play; null for what the network does.</summary>
    public static WorldFault? PlayedByWorld(FaultKind kind) => Table.Single(row => row.Kind == kind).World;
}
