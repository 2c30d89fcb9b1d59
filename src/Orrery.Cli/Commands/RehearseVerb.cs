using System.CommandLine;
using System.Globalization;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;
using Orrery.Cli.Terminal.Rehearsals;
using Orrery.Rehearsal;
using Orrery.Rehearsal.Crashes;
using Orrery.Rehearsal.Reports;
using Orrery.Simulation.Faults;
using Orrery.Simulation.Time;

namespace Orrery.Cli.Commands;

/// <summary>
/// <c>orrery rehearse DIR</c>: plays the platform's life in simulated clouds, before it costs anything.
/// </summary>
internal static class RehearseVerb
{
    private const string Every = "every";

    public static Command Create(Host host)
    {
        var (directory, profile, output) = (Shared.Directory(), Shared.Profile(), Shared.Output());
        var scenario = Choice("--scenario", "What is played.", "lifecycle", "lifecycle", "up", "rebuild", "destroy");
        var faults = Choice("--faults", "How much goes wrong.", "none", "none", "light", "storm");
        var strategy = Shared.Strategy();
        var seed = new Option<ulong>("--seed")
        {
            Description = "All chance comes of it: the same seed plays the same again.",
            HelpName = "N",
            DefaultValueFactory = static _ => 1,
        };
        var crash = new Option<string?>("--crash")
        {
            Description = "Kill the engine at every moment at which it may die, or only at the Nth, and start it "
                + "again.",
            HelpName = "every|N",
        };
        crash.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && text != Every
                && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var point) && point > 0))
                result.AddError($"'{text}' is no crash point: say {Every}, or a number from 1");
        });
        var page = ReportFile.Option(host);
        var command = new VerbCommand(
            "rehearse", "Plays the platform's life in simulated clouds on virtual time, in seconds and for nothing.")
        {
            Detail = "Needs no account and no secrets, and writes nothing but the report that is asked for. Exits "
                + "with 1 when a step fails or a promise is broken.",
            Examples =
            [
                "orrery rehearse examples/cosmos",
                "orrery rehearse examples/cosmos --faults storm --seed 7",
                "orrery rehearse examples/cosmos --crash every --output json",
                "orrery rehearse examples/cosmos --report report.html",
            ],
            Arguments = { directory },
            Options = { scenario, seed, faults, crash, strategy, page, profile, output },
        };
        command.SetAction((parse, cancellation) => !DeterministicHost.IsPossible
            ? host.Relaunch([.. parse.Tokens.Select(token => token.Value)], cancellation)
            : host.WithDeclarationAsync(
                new Target(parse.Required(directory), parse.GetValue(profile)),
                loaded => RunAsync(
                    host, Wish.Of(parse, loaded, (scenario, seed, faults, crash, strategy)), parse.GetValue(page),
                    parse.IsJson(output))));
        return command;
    }

    private static async Task<int> RunAsync(Host host, Wish wish, string? page, bool isJson)
    {
        var started = host.Time.GetTimestamp();
        var progress = host.Screen.IsLive
            ? (Action<int, int>)((done, total) => host.Screen.Tell($"\rcrash point {done} of {total}"))
            : static (_, _) => { };
        var report = wish.Crash is null
            ? (await Rehearsals.PlayAsync(wish.Options)).Report
            : await CrashExplorer.ExploreAsync(wish.Options, wish.Crash == Every ? null : wish.IsPoint, progress);
        if (wish.Crash is not null && host.Screen.IsLive)
            host.Screen.Tell("\r\e[K");
        report = await Rehearsals.CompareAsync(wish.Options, report) with { Repeat = wish.Repeat };
        var took = host.Time.GetElapsedTime(started).TotalSeconds;
        if (isJson)
        {
            host.Screen.WriteJson(json => ReportJson.Write(json, report, took));
        }
        else
        {
            if (host.Screen.IsLive && wish.Crash is null)
                await RehearsalReplay.ShowAsync(host, report);
            host.Screen.Print(RehearsalText.Of(report, took, new Paint(host.Screen.ColourOut)));
        }

        if (page is not null)
            ReportFile.Write(host, page, report);
        if (!report.IsGood)
            host.Screen.Tell($"play it again with: {report.Repeat}\n");
        return report.IsGood ? ExitCode.Done : ExitCode.Failed;
    }

    private static Option<string> Choice(string name, string description, string byDefault, params string[] values)
    {
        var option = new Option<string>(name)
        {
            Description = description,
            HelpName = string.Join('|', values),
            DefaultValueFactory = _ => byDefault,
        };
        return option.AcceptOnlyFromAmong(values);
    }

    /// <summary>What the user asked for.</summary>
    private sealed record Wish(RehearsalOptions Options, string? Crash, string Repeat)
    {
        public static Wish Of(
            ParseResult parse,
            Loaded loaded,
            (Option<string> Scenario, Option<ulong> Seed, Option<string> Faults, Option<string?> Crash,
                Option<string> Strategy) options)
        {
            var crash = parse.GetValue(options.Crash);
            var scenario = parse.GetValue(options.Scenario) ?? "";
            var faults = parse.GetValue(options.Faults) ?? "";
            var strategy = parse.GetValue(options.Strategy) ?? "";
            var seed = parse.GetValue(options.Seed);
            var repeat = $"{Shared.Again("rehearse", loaded)} --scenario {scenario} --seed {seed} --faults {faults}"
                + (crash is null ? "" : $" --crash {crash}")
                + (strategy == "declared" ? "" : $" --strategy {strategy}");
            return new Wish(
                new RehearsalOptions
                {
                    Platform = strategy == "declared"
                        ? loaded.Platform
                        : loaded.Platform.RebuiltBy(Shared.StrategyOf(strategy)),
                    Scenario = Enum.Parse<Scenario>(scenario, ignoreCase: true),
                    Seed = seed,
                    Faults = Enum.Parse<FaultProfile>(faults, ignoreCase: true),
                },
                crash,
                repeat);
        }

        public bool IsPoint(int point) => point.ToString(CultureInfo.InvariantCulture) == Crash;
    }
}
