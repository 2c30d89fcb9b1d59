using Orrery.Cli.Composition;
using Orrery.Cli.Terminal;
using Orrery.Cli.Terminal.Plans;
using Orrery.Cli.Terminal.Runs;
using Orrery.Engine;
using Orrery.Engine.Runs;

namespace Orrery.Cli.Invocation;

/// <summary>What a user asked of an upgrade.</summary>
internal sealed record UpgradingOptions
{
    public required string VerbName { get; init; }

    public string? Cluster { get; init; }

    public required bool Yes { get; init; }

    public required bool IsJson { get; init; }
}

/// <summary>One <c>upgrade</c>: shows its stages, asks, shows progress, sums up.</summary>
internal sealed class UpgradingRun(Session session, UpgradingOptions options)
{
    private readonly Host _host = session.Host;

    public async Task<int> RunAsync()
    {
        session.Folder.Prepare();
        var display = RunDisplay.Create(_host);
        RunReport report;
        await using (display)
        {
            using var interrupts = new Interrupts(_host, display.Say);
            report = await new UpgradeRun(session.Pipeline(display), _host.Time)
                .RunAsync(Request(display), interrupts.Interruption);
        }

        if (options.IsJson)
        {
            _host.Screen.Report(report.Diagnostics);
            _host.Screen.WriteJson(json => RunJson.Write(json, session.Platform.Name, options.VerbName, report));
        }
        else
        {
            var again = Shared.Again(options.VerbName, session.Loaded);
            RunText.Write(_host.Screen, session.Platform.Name, again, report, display.Progress);
        }

        return report.Outcome switch
        {
            RunOutcome.Converged => ExitCode.Done,
            RunOutcome.Interrupted => ExitCode.Interrupted,
            RunOutcome.Declined => ExitCode.ChangesPending,
            _ => ExitCode.Failed,
        };
    }

    private UpgradeRequest Request(RunDisplay display) => new()
    {
        Cluster = options.Cluster,
        Confirm = (preview, cancellation) => ConfirmAsync(
            display, UpgradeText.Of(session.Platform.Name, preview), "Upgrade?", cancellation),
        ConfirmRest = (planned, cancellation) => ConfirmAsync(
            display, PlanText.Of(session.Platform.Name, planned, new Paint(_host.Screen.ColourOut)),
            "Every version is as declared. Apply these changes?", cancellation),
    };

    private async Task<bool> ConfirmAsync(
        RunDisplay display, string text, string question, CancellationToken cancellation)
    {
        // A program that reads our output wants one object there.
        if (options.IsJson)
            _host.Screen.Tell(text);
        else
            _host.Screen.Print(text);
        if (!await _host.Screen.AsksAsync(question, options.Yes, cancellation))
            return false;
        display.Begin();
        return true;
    }
}
