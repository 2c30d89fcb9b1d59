using Orrery.Bench.Measuring;
using Orrery.Model.Spec;
using Orrery.Rehearsal;
using Orrery.Rehearsal.Crashes;

namespace Orrery.Bench.Lifecycles;

/// <summary>
/// Lifecycles of one platform against the simulated worlds, one after the other in this process: the first one pays
/// for what the compiler does at first use, the later ones show what a crash exploration pays for each moment.
/// </summary>
/// <param name="folder">Where the platform.yaml stands.</param>
internal sealed class LifecycleBenchmark(string folder)
{
    /// <exception cref="InvalidOperationException">The declaration is not valid, or a rehearsal failed.</exception>
    public async Task<IReadOnlyList<PhaseResult>> RunAsync(int runs)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(folder, "platform.yaml"));
        var platform = Declaration.Read([new SourceFile("platform.yaml", text)], null).Value
            ?? throw new InvalidOperationException($"the declaration in {folder} is not valid");
        var phases = new List<PhaseResult>();
        for (var run = 1; run <= runs; run++)
        {
            var meter = PhaseMeter.Start();
            var (report, _) = await Rehearsals.PlayAsync(new RehearsalOptions
            {
                Platform = platform,
                Seed = 1,
                Scenario = Scenario.Lifecycle,
            });
            if (!report.IsGood)
                throw new InvalidOperationException($"the rehearsal ended as {report.Outcome}");
            phases.Add(meter.Stop($"lifecycle {run}"));
        }

        return phases;
    }
}
