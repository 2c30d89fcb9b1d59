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
    /// and seed, declared that way, on a stage of its own. Its promises count too: one strategy keeps what the other
    /// makes anew.
    /// </summary>
    public static async Task<RehearsalReport> CompareAsync(RehearsalOptions options, RehearsalReport report)
    {
        if (options.Scenario is not (Scenario.Rebuild or Scenario.Lifecycle))
            return report;
        var isBlueGreen = options.Platform.Clusters.Values.Any(
            cluster => cluster.RebuildStrategy == RebuildStrategy.BlueGreen);
        var other = isBlueGreen ? RebuildStrategy.InPlace : RebuildStrategy.BlueGreen;
        if (options.Platform.Clusters.Values.Any(cluster => cluster.Forbids(other)
            && options.Platform.RebuiltBy(other).Clusters[cluster.Name].Forbids(other)))
            return report;
        var (beside, _) = await PlayAsync(options with
        {
            CrashAt = null,
            Platform = options.Platform.RebuiltBy(other),
        });
        return report with
        {
            DowntimeSeconds = Both(beside.DowntimeSeconds, report.DowntimeSeconds),
            KubernetesDowntimeSeconds = Both(beside.KubernetesDowntimeSeconds, report.KubernetesDowntimeSeconds),
            Invariants = report.Invariants.Zip(beside.Invariants, Both).ToValueList(),
        };
    }

    public static async Task<(RehearsalReport Report, Play Play)> PlayAsync(RehearsalOptions options)
    {
        var play = new Play(options);
        RehearsalReport? report = null;
        await new DeterministicHost(play.Stage.Clock).RunAsync(async () => report = await play.RunAsync());
        return (report ?? throw new InvalidOperationException("the rehearsal ended without a report"), play);
    }

    private static InvariantReport Both(InvariantReport own, InvariantReport beside) => own with
    {
        Holds = own.Holds && beside.Holds,
        Checked = own.Checked + beside.Checked,
        Breaches = [.. own.Breaches, .. beside.Breaches],
    };

    private static ValueMap<double> Both(ValueMap<double> beside, ValueMap<double> own) =>
        ValueMap.From(beside.Concat(own.Where(entry => !beside.ContainsKey(entry.Key))));
}
