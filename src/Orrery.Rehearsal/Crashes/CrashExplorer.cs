using Orrery.Model.Plans;
using Orrery.Model.Values;
using Orrery.Rehearsal.Checkers;
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
        var outcome = calm.Outcome;
        for (var point = 1; point <= total; point++)
        {
            if (points is not null && !points(point))
                continue;
            tried++;
            var attempt = await TryAsync(options with { CrashAt = point }, expected);
            orphans += attempt.Orphans;
            duplicates += attempt.Duplicates;
            if (attempt.Outcome == "converged")
                converged++;
            else if (failures.Count < FailuresShown)
                failures.Add($"crash {point}: {attempt.Text}");
            outcome = Worse(outcome, attempt.Outcome);
            progress(tried, total);
        }

        return calm with
        {
            Outcome = outcome,
            Crashes = new CrashReport
            {
                Points = tried,
                MutatingRequests = play.Stage.Crashes.MutatingRequests,
                JournalWrites = play.Stage.Crashes.JournalWrites,
                Converged = converged,
                Orphans = orphans,
                Duplicates = duplicates,
                HasFailed = outcome == "failed",
                Failures = failures.ToValueList(),
            },
        };
    }

    /// <summary>An engine that fails is worse than one that converges to something else.</summary>
    private static string Worse(string one, string other) =>
        one == "failed" || other == "converged" ? one : other;

    private static async Task<Attempt> TryAsync(
        RehearsalOptions options, IReadOnlyDictionary<string, Recorded> expected)
    {
        try
        {
            var (report, play) = await Rehearsals.PlayAsync(options);
            var text = Problem(report, play.Duplicates) ?? Difference(play.States, expected);
            // A run that ended well, and not as the uninterrupted one.
            var outcome = text is not null && report.Outcome == "converged" ? "diverged" : report.Outcome;
            return new Attempt(outcome, text, report.Orphans.Count, play.Duplicates);
        }
        catch (Exception exception) when (exception is InvalidOperationException or InvariantException)
        {
            // The engine broke one of its own assertions, or waits for ever: a finding like any other.
            return new Attempt("failed", exception.Message, 0, 0);
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
            if (StateDifference.Between(other, state) is { } difference)
                return $"after {step}: {difference}";
        }

        return null;
    }

    /// <summary>One death and what came of it.</summary>
    private sealed record Attempt(string Outcome, string? Text, int Orphans, int Duplicates);
}
