using System.CommandLine;
using System.Globalization;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;
using Orrery.Cli.Terminal.Rehearsals;
using Orrery.Engine.Runs;
using Orrery.Rehearsal;
using Orrery.Rehearsal.Crashes;
using Orrery.Rehearsal.Reports;
using Orrery.Rehearsal.Scenarios;
using Orrery.Simulation.Faults;
using Orrery.Simulation.Time;

namespace Orrery.Cli.Commands;

/// <summary>
/// <c>orrery rehearse DIR</c>: plays the platform's life in simulated clouds, before it costs anything.
/// </summary>
internal static class RehearseVerb
{
    private const string Every = "every";
    private static readonly string[] NoWords = [];

    public static Command Create(Host host)
    {
        var (directory, profile, output) = (Shared.Directory(), Shared.Profile(), Shared.Output());
        var scenario = Choice(
            "--scenario", "What is played.", "lifecycle", "lifecycle", "up", "rebuild",
            "upgrade", "rotate", "destroy");
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
            Description = "Kill the engine at every moment at which it may die, only at the Nth, or at the Nth of each "
                + "M, and start it again.",
            HelpName = "every|N|N/M",
        };
        crash.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && text != Every && CrashPoints.Read(text) is null)
                result.AddError($"'{text}' is no crash point: say {Every}, a number from 1, or 2/4 for the second of "
                    + "four shares of them all");
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
                    host,
                    Wish.Of(parse, loaded, parse.GetValue(profile), (scenario, seed, faults, crash, strategy)),
                    parse.GetValue(page), parse.IsJson(output), cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(
        Host host, Wish wish, string? page, bool isJson, CancellationToken cancellation)
    {
        if (wish.Options.Platform.Clusters.Values.FirstOrDefault(cluster =>
                cluster.Forbids(cluster.RebuildStrategy)) is { } impossible)
        {
            host.Screen.Report(CliCodes.StrategyImpossible.At(
                null, $"The machines of '{impossible.Name}' keep their addresses when they are rebuilt.",
                ["play it as it is declared: leave out --strategy"]));
            return ExitCode.Invalid;
        }

        if (wish.Options.Scenario == Scenario.Upgrade && !OlderVersions.ExistFor(wish.Options.Platform))
        {
            host.Screen.Report(RunDiagnostics.NoUpgrade.At(
                null, $"No cluster of '{wish.Options.Platform.Name}' runs Talos.",
                ["play how its machines are made anew:", "  orrery rehearse DIR --scenario rebuild"]));
            return ExitCode.Invalid;
        }

        var started = host.Time.GetTimestamp();
        var report = wish.Crash is null
            ? (await Rehearsals.PlayAsync(wish.Options)).Report
            : await ExploreAsync(host, wish, cancellation);
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

    private static async Task<RehearsalReport> ExploreAsync(Host host, Wish wish, CancellationToken cancellation)
    {
        var shares = new CrashShares(host);
        var isShared = wish.Crash == Every;
        var points = isShared ? new CrashPoints(1, shares.Count) : CrashPoints.Read(wish.Crash ?? "");
        var others = isShared ? shares.Start(wish.Words, cancellation) : [];
        var report = await CrashExplorer.ExploreAsync(wish.Options, points is null ? null : points.Has, (done, total) =>
        {
            if (host.Screen.IsLive)
                host.Screen.Tell($"\rcrash point {Math.Min(done * (others.Count + 1), total)} of {total}");
        });
        foreach (var other in await Task.WhenAll(others))
            report = report.With(other);
        if (host.Screen.IsLive)
            host.Screen.Tell("\r\e[K");
        return report;
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
    /// <param name="Words">The same as a command line, but for crashes, the page and the form of the output.</param>
    private sealed record Wish(RehearsalOptions Options, string? Crash, string Repeat, IReadOnlyList<string> Words)
    {
        public static Wish Of(
            ParseResult parse,
            Loaded loaded,
            string? profile,
            (Option<string> Scenario, Option<ulong> Seed, Option<string> Faults, Option<string?> Crash,
                Option<string> Strategy) options)
        {
            var crash = parse.GetValue(options.Crash);
            var scenario = parse.GetValue(options.Scenario) ?? "";
            var faults = parse.GetValue(options.Faults) ?? "";
            var strategy = parse.GetValue(options.Strategy) ?? "";
            var seed = parse.GetValue(options.Seed);
            var repeat = $"{Shared.Again("rehearse", loaded)} --scenario {scenario} --seed {seed} --faults {faults}"
                + (profile is null ? "" : $" --profile {profile}")
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
                repeat,
                [
                    "rehearse", loaded.Path, .. profile is null ? NoWords : ["--profile", profile], "--scenario",
                    scenario, "--seed", seed.ToString(CultureInfo.InvariantCulture), "--faults", faults, "--strategy",
                    strategy,
                ]);
        }
    }

    /// <summary>The points at which the engine is killed: one, or one of each so many.</summary>
    private sealed record CrashPoints(int First, int? Each)
    {
        /// <summary><c>7</c>, or <c>2/4</c>; null where it is neither.</summary>
        public static CrashPoints? Read(string text) => text.Split('/') switch
        {
            [var one] when Number(one) is { } point => new CrashPoints(point, null),
            [var first, var each] when Number(first) is { } point && Number(each) is { } share && point <= share =>
                new CrashPoints(point, share),
            _ => null,
        };

        public bool Has(int point) => Each is { } each ? (point - First) % each == 0 : point == First;

        private static int? Number(string text) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
                ? number
                : null;
    }
}
