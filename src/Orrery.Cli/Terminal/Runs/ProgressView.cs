using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Cli.Terminal.Runs;

/// <summary>One line of what is drawn while a run lasts.</summary>
internal sealed record ProgressLine(ChangePhase Phase, string Address, string Text, string Time);

/// <summary>What of a run is worth drawing at this moment, in as many lines as there are.</summary>
internal static class ProgressView
{
    public static string Headline(RunProgress progress)
    {
        var (total, done) = (progress.Rows.Count, progress.Count(ChangePhase.Done));
        var failed = progress.Count(ChangePhase.Failed);
        var headline = $"{done} of {total} done, {progress.Count(ChangePhase.Running)} running";
        var failures = failed > 0 ? $", {failed} failed" : "";
        return $"{headline}{failures}  {Words.Duration(progress.Elapsed)}";
    }

    /// <summary>
    /// All changes in order of their addresses where they fit; else what runs, then what failed, then what is next.
    /// </summary>
    public static IReadOnlyList<ProgressLine> Lines(RunProgress progress, int linesMax)
    {
        var rows = progress.Rows;
        if (rows.Count <= linesMax)
            return [.. rows.Select(row => Line(progress, row))];
        var byInterest = rows.OrderBy(row => Interest(row.Phase)).Take(Math.Max(1, linesMax - 1));
        var lines = byInterest.OrderBy(row => row.Address).Select(row => Line(progress, row)).ToList();
        lines.Add(new ProgressLine(ChangePhase.Pending, $"and {rows.Count - lines.Count} more", "", ""));
        return lines;
    }

    private static int Interest(ChangePhase phase) => phase switch
    {
        ChangePhase.Running => 0,
        ChangePhase.Failed => 1,
        ChangePhase.Pending => 2,
        ChangePhase.Skipped => 3,
        _ => 4,
    };

    private static ProgressLine Line(RunProgress progress, ProgressRow row) => row.Phase switch
    {
        ChangePhase.Pending => new ProgressLine(
            row.Phase,
            row.Address.Text,
            row.IsHalfDone ? $"{ActionWords.Over(row.Action)}, half done" : After(progress, row),
            ""),
        ChangePhase.Running => new ProgressLine(
            row.Phase,
            row.Address.Text,
            row.Note.Length > 0 ? row.Note : ActionWords.Now(row.Action),
            Words.Duration(progress.Elapsed - row.Start)),
        ChangePhase.Done => new ProgressLine(
            row.Phase, row.Address.Text, ActionWords.Over(row.Planned), Words.Duration(row.End - row.Start)),
        ChangePhase.Failed => new ProgressLine(
            row.Phase, row.Address.Text, $"failed: {row.Note}", Words.Duration(row.End - row.Start)),
        _ => new ProgressLine(row.Phase, row.Address.Text, $"not begun: {row.Note}", ""),
    };

    private static string After(RunProgress progress, ProgressRow row)
    {
        var missing = progress.Missing(row).Select(Short).ToArray();
        return missing switch
        {
            [] when row.Action == ChangeAction.None => "",
            [] => "next",
            [var one] => $"after {one}",
            [var one, ..] => $"after {one} and {missing.Length - 1} more",
        };
    }

    /// <summary>For example <c>server/cosmos-0</c>: what it needs stands nearby with its whole address.</summary>
    private static string Short(ResourceAddress address) => $"{address.Type.Split('/')[^1]}/{address.Name}";
}
