using System.Text;
using Orrery.Cli.Composition;
using Orrery.Engine.Runs;
using Orrery.Model.Plans;

namespace Orrery.Cli.Terminal.Runs;

/// <summary>The end of a run for people: what was done, and what failed, why, and what to do.</summary>
internal static class RunText
{
    public static void Write(Screen screen, string platform, string again, RunReport report, RunProgress progress)
    {
        if (report.Diagnostics.Count > 0)
        {
            screen.Tell("\n");
            screen.Report(report.Diagnostics);
        }

        WriteSkipped(screen, progress);
        var paint = new Paint(screen.ColourOut);
        var took = Words.Duration(progress.Elapsed);
        screen.Print(report.Outcome switch
        {
            RunOutcome.Converged when report.Timeline.Count == 0 => $"{platform} is as declared: nothing to do\n",
            RunOutcome.Converged => $"{paint.Green("done:")} {Done(progress)} in {took}\n",
            RunOutcome.Declined => "nothing was changed\n",
            RunOutcome.Interrupted => $"{paint.Yellow("interrupted")} after {took}: {Done(progress)}; "
                + $"go on with: {again}\n",
            _ => $"{paint.Red("failed")} after {took}: {Done(progress)}, "
                + $"{progress.Count(ChangePhase.Failed)} failed, {progress.Count(ChangePhase.Skipped)} not begun; "
                + $"go on with: {again}\n",
        });
    }

    public static string Of(RunEvent.Kept kept) =>
        $"kept: etcd of {kept.Cluster} ({kept.Bytes >> 10} KiB), encrypted, as .orrery/{kept.Name}";

    private static void WriteSkipped(Screen screen, RunProgress progress)
    {
        var skipped = progress.Rows.Where(row => row.Phase == ChangePhase.Skipped).ToArray();
        if (skipped.Length == 0)
            return;
        var text = new StringBuilder("\nnot begun:\n");
        foreach (var row in skipped)
            text.Append($"  {row.Address}: {row.Note}\n");
        screen.Tell(text.ToString());
    }

    /// <summary>For example <c>7 created, 1 updated</c>.</summary>
    private static string Done(RunProgress progress)
    {
        ChangeAction[] actions = [ChangeAction.Create, ChangeAction.Update, ChangeAction.Replace, ChangeAction.Delete];
        var rows = progress.Rows.Where(row => row.Phase == ChangePhase.Done).ToArray();
        var parts = actions
            .Select(action => (Word: ActionWords.Over(action), Count: rows.Count(row => row.Planned == action)))
            .Where(part => part.Count > 0)
            .Select(part => $"{part.Count} {part.Word}");
        return string.Join(", ", parts) is { Length: > 0 } text ? text : "nothing changed";
    }
}
