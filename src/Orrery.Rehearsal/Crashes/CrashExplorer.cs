using Orrery.Model.Plans;
using Orrery.Model.Values;
using Orrery.Rehearsal.Reports;

namespace Orrery.Rehearsal.Crashes;

/// <summary>
/// Kills the engine once at each moment at which it may die, gives the same command again, and compares the end with
/// that of the uninterrupted run: the same things, the same state, nothing double, nothing left.
/// </summary>
public static class CrashExplorer
{
    private const int FailuresShown = 10;

    /// <summary>The uninterrupted run's report with what the deaths showed.</summary>
    /// <param name="points">Which of the moments, from 1; null for all of them.</param>
    public static async Task<RehearsalReport> ExploreAsync(
        RehearsalOptions options, Func<int, bool>? points, Action<int, int> progress)
    {
        var (calm, play) = await Rehearsals.PlayAsync(options with { CrashAt = null });
        var expected = play.States;
        var total = play.Stage.Crashes.Points;
        int tried = 0, converged = 0, orphans = 0, duplicates = 0;
        var failures = new List<string>();
        for (var point = 1; point <= total; point++)
        {
            if (points is not null && !points(point))
                continue;
            tried++;
            var problem = await TryAsync(options with { CrashAt = point }, expected);
            orphans += problem.Orphans;
            duplicates += problem.Duplicates;
            if (problem.Text is null)
                converged++;
            else if (failures.Count < FailuresShown)
                failures.Add($"crash {point}: {problem.Text}");
            progress(tried, total);
        }

        return calm with
        {
            Crashes = new CrashReport
            {
                Points = tried,
                MutatingRequests = play.Stage.Crashes.MutatingRequests,
                JournalWrites = play.Stage.Crashes.JournalWrites,
                Converged = converged,
                Orphans = orphans,
                Duplicates = duplicates,
                Failures = failures.ToValueList(),
            },
        };
    }

    private static async Task<(string? Text, int Orphans, int Duplicates)> TryAsync(
        RehearsalOptions options, IReadOnlyDictionary<string, Recorded> expected)
    {
        try
        {
            var (report, play) = await Rehearsals.PlayAsync(options);
            var text = Problem(report, play.Duplicates) ?? Difference(play.States, expected);
            return (text, report.Orphans.Count, play.Duplicates);
        }
        catch (Exception exception) when (exception is InvalidOperationException or InvariantException)
        {
            // The engine broke one of its own assertions, or waits for ever: a finding like any other.
            return (exception.Message, 0, 0);
        }
    }

    private static string? Problem(RehearsalReport report, int duplicates)
    {
        if (report.Outcome != "converged")
        {
            var cause = report.Steps.SelectMany(step => step.Diagnostics).FirstOrDefault();
            return $"{report.Outcome}: {cause?.Code} {cause?.Address} {cause?.Summary}: {cause?.Detail}";
        }

        if (report.Orphans.Count > 0)
            return $"orphans: {string.Join(", ", report.Orphans)}";
        if (duplicates > 0)
            return "something is there twice";
        if (report.Invariants.FirstOrDefault(invariant => !invariant.Holds) is { } broken)
            return $"{broken.Name}: {string.Join("; ", broken.Breaches)}";
        return null;
    }

    private static string? Difference(
        IReadOnlyDictionary<string, Recorded> actual, IReadOnlyDictionary<string, Recorded> expected)
    {
        foreach (var (step, state) in expected)
        {
            if (!actual.TryGetValue(step, out var other))
                return $"there is no state after {step}";
            if (Difference(other, state) is { } difference)
                return $"after {step}: {difference}";
        }

        return null;
    }

    /// <summary>The serial counts checkpoints, and a crash costs one more; all else must be equal.</summary>
    private static string? Difference(Recorded actual, Recorded expected)
    {
        if (!actual.Goals.Equals(expected.Goals))
            return $"goals {actual.Goals} instead of {expected.Goals}";
        foreach (var (address, resource) in expected.Resources)
        {
            if (!actual.Resources.TryGetValue(address, out var other))
                return $"{address} is missing in the state";
            if (!resource.Equals(other))
                return $"{address} is {other} instead of {resource}";
        }

        return actual.Resources.Count == expected.Resources.Count ? null : "the state has more than it should";
    }
}
