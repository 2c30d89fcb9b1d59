using Orrery.Model.Plans;
using Orrery.Rehearsal.Reports;

namespace Orrery.Cli.Terminal.Rehearsals;

/// <summary>A step's changes as bars over its time; those on the critical path are marked.</summary>
internal static class TimelineText
{
    private const int BarWidth = 40;

    public static IEnumerable<string> Of(StepReport step, Paint paint) => Until(step, step.SimulatedSeconds, paint);

    /// <summary>The same as it stood at a moment, in seconds since the step began.</summary>
    public static IEnumerable<string> Until(StepReport step, double moment, Paint paint)
    {
        if (step.Timeline.Count == 0)
            yield break;
        var whole = step.Timeline.Max(entry => entry.End);
        var width = step.Timeline.Max(entry => Name(entry).Length);
        foreach (var entry in step.Timeline.Where(entry => entry.Action != ChangeAction.None))
        {
            if (entry.Start > moment)
            {
                var waits = paint.Faint(Waits(step, entry, moment));
                yield return $"        {Name(entry).PadRight(width)}  {waits}".TrimEnd();
                continue;
            }

            var end = Math.Min(entry.End, moment);
            var bar = Bar(entry.Start / whole, end / whole);
            var isRunning = moment < entry.End;
            var took = Words.Duration(TimeSpan.FromSeconds(end - entry.Start));
            var line = $"{Verb(entry.Action),-7} {Name(entry).PadRight(width)}  "
                + $"{(entry.IsCritical ? paint.Yellow(bar) : paint.Cyan(bar))} {took,6}";
            yield return (line + (isRunning ? " …" : entry.IsCritical ? " *" : "")).TrimEnd();
        }
    }

    /// <summary>What a change that has not begun still needs.</summary>
    private static string Waits(StepReport step, TimelineReport entry, double moment)
    {
        var open = step.Timeline.Where(other => other.End > moment && entry.After.Contains(other.Address)
            && !ReferenceEquals(other, entry)).Select(Name).Distinct(StringComparer.Ordinal);
        return $"waits for {string.Join(", ", open)}";
    }

    private static string Name(TimelineReport entry) =>
        $"{entry.Address.Cluster} "
        + $"{entry.Address.Type[(entry.Address.Type.IndexOf('/', StringComparison.Ordinal) + 1)..]} "
        + entry.Address.Name;

    private static string Verb(ChangeAction action) => action switch
    {
        ChangeAction.Create => "create",
        ChangeAction.Update => "update",
        ChangeAction.Delete => "delete",
        _ => "",
    };

    private static string Bar(double from, double to)
    {
        var start = (int)(from * BarWidth);
        var end = Math.Clamp((int)Math.Ceiling(to * BarWidth), start + 1, BarWidth + 1);
        return (new string(' ', start) + new string('━', end - start)).PadRight(BarWidth);
    }
}
