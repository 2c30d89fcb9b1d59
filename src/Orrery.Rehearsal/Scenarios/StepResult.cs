using Orrery.Engine.Runs;

namespace Orrery.Rehearsal.Scenarios;

/// <summary>One step as it was played, over as many lives as it took.</summary>
internal sealed record StepResult
{
    public required string Name { get; init; }

    /// <summary>The report of the life that reached the end.</summary>
    public required RunReport Report { get; init; }

    public required TimeSpan Begin { get; init; }

    public required TimeSpan End { get; init; }

    /// <summary>When the last life began to look at what is there.</summary>
    public required TimeSpan PlanBegin { get; init; }

    /// <summary>When the timeline of the report begins: the first change of the last life.</summary>
    public required TimeSpan TimelineBegin { get; init; }

    public required decimal? CostPerMonth { get; init; }

    public int Lives { get; init; }
}
