using Orrery.Cli.Composition;
using Orrery.Rehearsal.Reports;

namespace Orrery.Cli.Terminal.Rehearsals;

/// <summary>
/// Shows a rehearsal as it went, on a terminal: virtual time runs by in a few seconds. Drawn on standard error and
/// wiped at the end, when the report says it all.
/// </summary>
internal static class RehearsalReplay
{
    private const double SecondsPerStep = 1.2;
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(40);

    public static async Task ShowAsync(Host host, RehearsalReport report)
    {
        var paint = new Paint(host.Screen.ColourError);
        foreach (var step in report.Steps.Where(step => step.Timeline.Count > 0))
        {
            var drawn = 0;
            var frames = (int)(SecondsPerStep / Frame.TotalSeconds);
            for (var frame = 1; frame <= frames; frame++)
            {
                var moment = step.SimulatedSeconds * frame / frames;
                string[] lines =
                [
                    $"{paint.Bold(step.Name)}  {Words.Duration(TimeSpan.FromSeconds(moment))} "
                        + $"{paint.Faint("(simulated)")}",
                    .. TimelineText.Until(step, moment, paint).Select(line => $"  {line}"),
                ];
                var up = drawn > 0 ? $"\e[{drawn}A" : "";
                host.Screen.Tell(up + string.Concat(lines.Select(line => $"\r\e[K{line}\n")));
                drawn = lines.Length;
                await Task.Delay(Frame, host.Time, CancellationToken.None);
            }

            // Wiped: the report shows the whole of it.
            host.Screen.Tell($"\e[{drawn}A\e[J");
        }
    }
}
