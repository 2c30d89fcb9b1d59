using Orrery.Model.Diagnostics;
using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Engine.Runs;

/// <summary>How a run ended.</summary>
public enum RunOutcome
{
    /// <summary>All is as planned.</summary>
    Converged,

    /// <summary>The user said no; nothing was changed.</summary>
    Declined,

    /// <summary>Something failed; what did not depend on it is done.</summary>
    Failed,

    /// <summary>The user stopped it; what was begun is finished or journalled.</summary>
    Interrupted,
}

/// <summary>What a run did.</summary>
public sealed record RunReport
{
    public required RunOutcome Outcome { get; init; }

    /// <summary>Null when the run ended before there was one.</summary>
    public required Plan? Plan { get; init; }

    public required ValueList<Diagnostic> Diagnostics { get; init; }

    /// <summary>When each change began and ended, since the run began, in order of their begin.</summary>
    public required ValueList<TimelineEntry> Timeline { get; init; }
}

/// <summary>One change on the timeline.</summary>
/// <param name="After">The changes whose end it had to wait for.</param>
public sealed record TimelineEntry(
    ResourceAddress Address, ChangeAction Action, TimeSpan Start, TimeSpan End, ValueList<ResourceAddress> After);
