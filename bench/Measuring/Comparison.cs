namespace Orrery.Bench.Measuring;

/// <summary>Two sizes of one graph, phase by phase: how much more a resource of the larger one costs.</summary>
internal sealed record Comparison(GraphResult Small, GraphResult Large, IReadOnlyList<PhaseRatio> Phases)
{
    public double StateBytesRatio => Large.StateBytesPerResource / Small.StateBytesPerResource;

    public static Comparison Of(IReadOnlyList<GraphResult> small, IReadOnlyList<GraphResult> large)
    {
        var phases = new List<PhaseRatio>();
        for (var i = 0; i < small[0].Phases.Count; i++)
        {
            var index = i;
            var (ofSmall, ofLarge) = (PerResource(small, index), PerResource(large, index));
            phases.Add(new PhaseRatio(small[0].Phases[index].Name, ofSmall, ofLarge));
        }

        return new Comparison(small[0], large[0], phases);
    }

    private static Cost PerResource(IReadOnlyList<GraphResult> runs, int phase) => new(
        Median(runs.Select(run => run.Phases[phase].Wall / run.Resources)),
        Median(runs.Select(run => run.Phases[phase].Cpu / run.Resources)));

    private static TimeSpan Median(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>What one resource cost: medians over all runs.</summary>
internal sealed record Cost(TimeSpan Wall, TimeSpan Cpu);

/// <summary>One phase at both sizes.</summary>
internal sealed record PhaseRatio(string Name, Cost Small, Cost Large)
{
    public double Wall => Large.Wall / Small.Wall;

    public double Cpu => Large.Cpu / Small.Cpu;
}
