using Orrery.Bench.Graphs;
using Orrery.Bench.Measuring;

namespace Orrery.Tests.Engine;

/// <summary>Bytes, not times: what generated graphs leave on disk after the whole engine.</summary>
public class StateSizeTests
{
    private const int Count = 1000;
    private const int RootsOfDeep = Count / GraphShape.LevelsOfDeep;
    private const int BytesPerResourceMax = 1024;

    // In a graph of 100 levels nearly every resource is at the end of 2^n paths; all of them have two references.
    [Fact]
    public async Task The_state_grows_with_resources_and_not_with_the_paths_between_them()
    {
        var deep = await Run(GraphShape.Deep(Count));
        var flat = await Run(GraphShape.Star(Count, RootsOfDeep));
        References(GraphShape.Deep(Count)).ShouldBe(References(GraphShape.Star(Count, RootsOfDeep)));
        deep.StateBytesPerResource.ShouldBeInRange(flat.StateBytesPerResource * 0.9, flat.StateBytesPerResource * 1.1);
        deep.StateBytesPerResource.ShouldBeLessThan(BytesPerResourceMax);
    }

    [Fact]
    public async Task A_resource_takes_as_much_of_the_state_in_a_large_graph_as_in_a_small_one()
    {
        var small = await Run(GraphShape.Deep(Count / 5));
        var large = await Run(GraphShape.Deep(Count));
        large.StateBytesPerResource
            .ShouldBeInRange(small.StateBytesPerResource * 0.9, small.StateBytesPerResource * 1.1);
    }

    [Fact]
    public async Task Many_intents_and_results_share_one_flush()
    {
        var result = await Run(GraphShape.Flat(Count));
        var apply = result.Phases.Single(phase => phase.Name == "apply");
        // Each resource has an intent and a result.
        apply.Flushes.ShouldBeInRange(1, Count);
        apply.JournalBytes.ShouldBeGreaterThan(result.StateBytes / 2);
        result.Phases.Single(phase => phase.Name == "no-op plan").Flushes.ShouldBe(0);
    }

    private static int References(GraphShape shape) =>
        Enumerable.Range(0, shape.Count).Sum(ordinal => shape.Needs(ordinal).Length);

    private static async Task<GraphResult> Run(GraphShape shape)
    {
        var folder = Directory.CreateTempSubdirectory("orrery-state-size-");
        try
        {
            return await new GraphBenchmark(shape, folder.FullName).RunAsync();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
