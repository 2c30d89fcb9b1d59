using Orrery.Model.Spec;
using Orrery.Rehearsal;
using Orrery.Rehearsal.Crashes;
using Orrery.Rehearsal.Reports;
using Orrery.Simulation.Faults;

namespace Orrery.Tests;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        var text = await File.ReadAllTextAsync(args[0] + "/platform.yaml");
        var platform = Declaration.Read([new SourceFile("platform.yaml", text)], null).Value!;
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var options = new RehearsalOptions
        {
            Platform = platform,
            Seed = ulong.Parse(args[1]),
            Faults = Enum.Parse<FaultProfile>(args[2]),
        };
        if (args.Length > 3)
            options = options with { CrashAt = args[3] == "every" || args[3] == "trace" ? null : int.Parse(args[3]) };
        RehearsalReport report;
        if (args.Length > 3 && args[3] == "every")
            report = await CrashExplorer.ExploreAsync(options, null, (_, _) => { });
        else
        {
            (report, var play) = await Rehearsals.PlayAsync(options);
            if (args.Length > 3)
            {
                foreach (var x in play.Stage.World.Service)
                    await Console.Error.WriteLineAsync($"{x.Start:g} {x.End:g} {x.What} {x.Tag}");
            }
        }
        ReportJson.Write(Console.OpenStandardOutput(), report, watch.Elapsed.TotalSeconds);
        return report.IsGood ? 0 : 1;
    }
}
