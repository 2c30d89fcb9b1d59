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

    public required TimeSpan LastLifeBegin { get; init; }

    public required decimal? CostPerMonth { get; init; }

    public int Lives { get; init; }
}
