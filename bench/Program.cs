using System.CommandLine;
using Orrery.Bench.Graphs;
using Orrery.Bench.Guard;
using Orrery.Bench.Lifecycles;
using Orrery.Bench.Measuring;
using Orrery.Bench.Reports;
using Orrery.Bench.Sops;

namespace Orrery.Bench;

/// <summary>
/// <c>dotnet run -c Release --project bench -- graph|compare|rehearsal|sops|guard</c>: see the README.
/// </summary>
internal static class Program
{
    private const string Json = "json";

    private static Task<int> Main(string[] args) =>
        new RootCommand("Measures the engine, rehearsals and secrets.")
        {
            GraphCommand(), CompareCommand(), RehearsalCommand(), SopsCommand(), GuardCommand(),
        }
            .Parse(args).InvokeAsync();

    private static Command GraphCommand()
    {
        var (shape, resources, folder, output) = (Shape(), Resources(), Folder(), Output());
        var command = new Command("graph", "Takes one graph through the whole engine, in a process that is still cold.")
        {
            shape, resources, folder, output,
        };
        command.SetAction(async (parse, _) =>
        {
            var result = await RunAsync(
                parse.GetValue(shape) ?? "", parse.GetValue(resources), parse.GetValue(folder));
            if (parse.GetValue(output) == Json)
                await JsonReport.WriteAsync(json => JsonReport.Write(json, result));
            else
                await Console.Out.WriteAsync(TextReport.Of(result));
            return 0;
        });
        return command;
    }

    private static Command CompareCommand()
    {
        var (shape, resources, folder, output) = (Shape(), Resources(), Folder(), Output());
        var smaller = Number("--base", "The smaller graph.", 1000);
        var runs = Number("--runs", "Of each size, in turns; the median counts.", 5);
        var command = new Command("compare", "Compares two sizes of one graph: does the cost of a resource grow?")
        {
            shape, resources, smaller, runs, folder, output,
        };
        command.SetAction(async (parse, _) =>
        {
            var comparison = await CompareAsync(
                size => RunAsync(parse.GetValue(shape) ?? "", size, parse.GetValue(folder)),
                parse.GetValue(smaller), parse.GetValue(resources), parse.GetValue(runs));
            if (parse.GetValue(output) == Json)
                await JsonReport.WriteAsync(json => JsonReport.Write(json, comparison));
            else
                await Console.Out.WriteAsync(TextReport.Of(comparison));
            return 0;
        });
        return command;
    }

    private static Command RehearsalCommand()
    {
        var platform = new Option<string>("--platform") { Description = "A declaration's folder.", Required = true };
        var runs = Number("--runs", "How often, in one process.", 5);
        var output = Output();
        var command = new Command("rehearsal", "Plays lifecycles in a process with one worker thread.")
        {
            platform, runs, output,
        };
        command.SetAction(async (parse, _) =>
        {
            var phases = await new LifecycleBenchmark(parse.GetValue(platform) ?? "").RunAsync(parse.GetValue(runs));
            if (parse.GetValue(output) == Json)
                await JsonReport.WriteAsync(json => JsonReport.Write(json, phases));
            else
                await Console.Out.WriteAsync(TextReport.Of(phases));
            return 0;
        });
        return command;
    }

    private static Command SopsCommand()
    {
        var values = Number("--values", "How many.", 10_000);
        var command = new Command("sops", "Encrypts, opens and edits one document, in a process that is still cold.")
        {
            values,
        };
        command.SetAction(parse => Console.Out.Write(SopsBenchmark.Run(parse.GetValue(values), TimeProvider.System)));
        return command;
    }

    private static Command GuardCommand()
    {
        var files = Number("--files", "How many.", 10_000);
        var folder = new Option<string?>("--folder") { Description = "Write the tree there, and leave it." };
        var command = new Command("guard", "Searches one tree of files, in a process that is still cold.")
        {
            files, folder,
        };
        command.SetAction(async (parse, _) =>
        {
            var kept = parse.GetValue(folder);
            var tree = kept ?? Directory.CreateTempSubdirectory("orrery-bench-").FullName;
            try
            {
                var benchmark = new GuardBenchmark(tree);
                benchmark.Write(parse.GetValue(files));
                await Console.Out.WriteAsync(await benchmark.SearchAsync(TimeProvider.System));
            }
            finally
            {
                if (kept is null)
                    Directory.Delete(tree, recursive: true);
            }
        });
        return command;
    }

    private static async Task<Comparison> CompareAsync(
        Func<int, Task<GraphResult>> run, int smaller, int larger, int runs)
    {
        // What the compiler does at first use belongs to neither side.
        await run(smaller);
        await run(larger);
        var (small, large) = (new List<GraphResult>(), new List<GraphResult>());
        for (var turn = 0; turn < runs; turn++)
        {
            small.Add(await run(smaller));
            large.Add(await run(larger));
        }

        return Comparison.Of(small, large);
    }

    private static async Task<GraphResult> RunAsync(string shape, int resources, string? folder)
    {
        var graph = GraphShape.Find(shape, resources) ?? throw new ArgumentException($"there is no shape '{shape}'");
        var own = Directory.CreateTempSubdirectory("orrery-bench-").FullName;
        if (folder is not null)
        {
            Directory.Delete(own);
            own = Path.Combine(folder, Path.GetFileName(own));
        }

        try
        {
            return await new GraphBenchmark(graph, own).RunAsync();
        }
        finally
        {
            Directory.Delete(own, recursive: true);
        }
    }

    private static Option<string> Shape()
    {
        var option = new Option<string>("--shape")
        {
            Description = "flat, or deep: 100 levels.",
            DefaultValueFactory = _ => "flat",
        };
        option.AcceptOnlyFromAmong("flat", "deep");
        return option;
    }

    private static Option<int> Resources() => Number("--resources", "How many.", 10_000);

    private static Option<int> Number(string name, string description, int otherwise) =>
        new(name) { Description = description, DefaultValueFactory = _ => otherwise };

    private static Option<string> Folder() => new("--folder")
    {
        Description = "On which disk state and journal are written; the system's temporary folder if not given.",
    };

    private static Option<string> Output()
    {
        var option = new Option<string>("--output")
        {
            Description = "text or json.",
            DefaultValueFactory = _ => "text",
        };
        option.AcceptOnlyFromAmong("text", Json);
        return option;
    }
}
