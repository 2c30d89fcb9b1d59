using Orrery.Cli.Composition;
using Orrery.Cli.Terminal;
using Orrery.Cli.Terminal.Plans;
using Orrery.Cli.Terminal.Runs;
using Orrery.Engine.Runs;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.Cli.Invocation;

/// <summary>What a user asked of a changing verb.</summary>
internal sealed record ChangingOptions
{
    public required RunVerb Verb { get; init; }

    public required string VerbName { get; init; }

    public string? Cluster { get; init; }

    /// <summary>For a rebuild: how its machines are replaced; null as declared.</summary>
    public RebuildStrategy? Strategy { get; init; }

    /// <summary>For a rotation: which keys are made again.</summary>
    public ValueList<RotatedKey> Rotated { get; init; } = [];

    public string? SavedPlan { get; init; }

    /// <summary>The words of <c>--accept-fingerprint</c>.</summary>
    public ValueList<string> Accepted { get; init; } = [];

    public required bool Yes { get; init; }

    public required bool IsJson { get; init; }

    /// <summary>The same command goes on with another run: as JSON, that one tells how it ended.</summary>
    public bool IsContinued { get; init; }
}

/// <summary>
/// One run of <c>up</c>, <c>rebuild</c> or <c>destroy</c>: shows the plan, asks, shows progress, sums up.
/// </summary>
internal sealed class ChangingRun(Session session, ChangingOptions options)
{
    private readonly Host _host = session.Host;
    private SavedPlan? _saved;
    private IReadOnlyList<string> _moved = [];

    public async Task<int> RunAsync()
    {
        if (options.SavedPlan is { } file)
        {
            var read = SavedPlan.Read(_host, file, session.Platform.Id);
            _host.Screen.Report(read.Diagnostics);
            if (read.Value is null)
                return ExitCode.Invalid;
            _saved = read.Value;
        }

        var accepted = AcceptedFingerprints.Read(session.Platform, options.Accepted);
        _host.Screen.Report(accepted.Diagnostics);
        if (accepted.Value is not { } fingerprints)
            return ExitCode.Invalid;
        session.AcceptedFingerprints = fingerprints;

        session.Folder.Prepare();
        var display = RunDisplay.Create(_host);
        RunReport report;
        await using (display)
        {
            using var interrupts = new Interrupts(_host, display.Say);
            report = await session.Pipeline(display, Replacing).RunAsync(Request(display), interrupts.Interruption);
        }

        return Finish(report, display.Progress);
    }

    /// <summary>The platform with its machines replaced as the user wishes, this time.</summary>
    private Platform Replacing(Platform platform) => options.Strategy is not { } strategy
        ? platform
        : platform with
        {
            Clusters = platform.Clusters.Map((name, cluster) =>
                options.Cluster is null || options.Cluster == name
                    ? cluster with { RebuildStrategy = strategy }
                    : cluster),
        };

    private RunRequest Request(RunDisplay display) => new()
    {
        Verb = options.Verb,
        Cluster = options.Cluster,
        Rotated = options.Rotated,
        Confirm = async (planned, cancellation) =>
        {
            var accepted = await ConfirmAsync(planned, cancellation);
            if (accepted)
                display.Begin();
            return accepted;
        },
    };

    private async Task<bool> ConfirmAsync(PlannedRun planned, CancellationToken cancellation)
    {
        var screen = _host.Screen;
        // A program that reads our output wants one object there.
        if (options.IsJson)
            screen.Tell(PlanText.Of(session.Platform.Name, planned, new Paint(screen.ColourError)));
        else
            screen.Print(PlanText.Of(session.Platform.Name, planned, new Paint(screen.ColourOut)));
        _moved = _saved?.DifferencesTo(session.Platform.Name, planned) ?? [];
        if (_moved.Count > 0)
            return false;
        return await screen.AsksAsync("Apply these changes?", options.Yes, cancellation);
    }

    private int Finish(RunReport report, RunProgress progress)
    {
        var again = $"{Shared.Again(options.VerbName, session.Loaded)}";
        if (_moved.Count > 0)
            report = report with { Diagnostics = [Moved()] };
        if (options.IsJson)
        {
            _host.Screen.Report(report.Diagnostics);
            if (!options.IsContinued || report.Outcome != RunOutcome.Converged)
                _host.Screen.WriteJson(json => RunJson.Write(json, session.Platform.Name, options.VerbName, report));
        }
        else
        {
            RunText.Write(_host.Screen, session.Platform.Name, again, report, progress);
        }

        return report.Outcome switch
        {
            RunOutcome.Converged => ExitCode.Done,
            RunOutcome.Interrupted => ExitCode.Interrupted,
            RunOutcome.Declined when _moved.Count == 0 => ExitCode.ChangesPending,
            _ => ExitCode.Failed,
        };
    }

    private Diagnostic Moved() => CliCodes.WorldMoved.At(
        null,
        $"Other than in '{options.SavedPlan}': {string.Join(", ", _moved)}.",
        ["look at it again and save it anew:", $"  {Shared.Again("plan", session.Loaded)} --out {options.SavedPlan}"]);
}
