using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Rehearsal.Reports;
using Orrery.Rehearsal.Scenarios;
using Orrery.Simulation.Time;

namespace Orrery.Rehearsal.Crashes;

/// <summary>Plays rehearsals one after the other in this process, whose thread pool must have one worker.</summary>
public static class Rehearsals
{
    /// <summary>
    /// One play's report and, where it rebuilds, the downtime of the other strategy beside its own: the same platform
    /// and seed, declared that way, on a stage of its own.
    /// </summary>
    public static async Task<RehearsalReport> CompareAsync(RehearsalOptions options, RehearsalReport report)
    {
        if (options.Scenario is not (Scenario.Rebuild or Scenario.Lifecycle))
            return report;
        var isBlueGreen = options.Platform.Clusters.Values.Any(
            cluster => cluster.RebuildStrategy == RebuildStrategy.BlueGreen);
        var other = isBlueGreen ? RebuildStrategy.InPlace : RebuildStrategy.BlueGreen;
        var (beside, _) = await PlayAsync(options with
        {
            Scenario = Scenario.Rebuild,
            CrashAt = null,
            Platform = options.Platform.RebuiltBy(other),
        });
        return report with
        {
            DowntimeSeconds = ValueMap.From(beside.DowntimeSeconds.Concat(
                report.DowntimeSeconds.Where(own => !beside.DowntimeSeconds.ContainsKey(own.Key)))),
        };
    }

    public static async Task<(RehearsalReport Report, Play Play)> PlayAsync(RehearsalOptions options)
    {
        var play = new Play(options);
        RehearsalReport? report = null;
        await new DeterministicHost(play.Stage.Clock).RunAsync(async () => report = await play.RunAsync());
        return (report ?? throw new InvalidOperationException("the rehearsal ended without a report"), play);
    }
}
