using Orrery.Engine.Ports;
using Orrery.Engine.Runs;
using Orrery.Engine.State;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Rehearsal.Checkers;
using Orrery.Rehearsal.Stages;
using Orrery.Simulation.Time;

namespace Orrery.Rehearsal.Scenarios;

/// <summary>
/// Runs one command to its end, as a person would: when the engine dies, the same command is given again.
/// </summary>
internal sealed class StepPlayer(Stage stage, Invariants invariants, LeakChecker leaks)
{
    /// <summary>One planned death at most, and then it must end; more would be a circle.</summary>
    private const int LivesMax = 4;

    /// <summary>A person needs a moment to give the command again.</summary>
    private static readonly TimeSpan RestartAfter = TimeSpan.FromSeconds(1);

    public async Task<StepResult> PlayAsync(string name, RunVerb verb)
    {
        var begin = stage.Clock.Now;
        for (var lives = 1; ; lives++)
        {
            Orrery.Model.Values.Invariant.Check(lives <= LivesMax, $"{name} did not end within {LivesMax} lives");
            var observer = new LeakObserver(leaks, stage.Clock);
            var (engine, life) = stage.Begin(observer);
            var planBegin = stage.Clock.Now;
            decimal? cost = null;
            var running = RunAsync(engine, life, new RunRequest
            {
                Verb = verb,
                Rotated = RotatedBy(verb),
                Confirm = (planned, _) =>
                {
                    cost = planned.CostPerMonth;
                    return Task.FromResult(true);
                },
            });
            if (await Task.WhenAny(running, life.Died) == running)
            {
                var report = await running;
                Search(report);
                return new StepResult
                {
                    Name = name,
                    Report = report,
                    Begin = begin,
                    End = stage.Clock.Now,
                    PlanBegin = planBegin,
                    TimelineBegin = observer.FirstChange ?? stage.Clock.Now,
                    CostPerMonth = cost,
                    Lives = lives,
                };
            }

            leaks.SearchWhatIsLeft();
            await stage.PassAsync(RestartAfter);
        }
    }

    /// <summary>Only plans; whatever is written meanwhile breaks a promise.</summary>
    public async Task<PlannedRun?> PlanAsync(RunVerb verb)
    {
        // An upgrade plans each stage when it is its turn.
        if (verb == RunVerb.Upgrade)
            return null;
        var mutating = stage.Crashes.MutatingRequests;
        var disk = DiskDigest();
        var (engine, _) = stage.Begin(new LeakObserver(leaks, stage.Clock));
        PlannedRun? planned = null;
        try
        {
            planned = await engine.PlanAsync(verb, null, CancellationToken.None, RotatedBy(verb));
            leaks.Shown(planned.Plan, "a plan");
        }
        catch (ProviderException)
        {
            // In a storm a plan may fail; that it wrote nothing is checked all the same.
        }

        invariants.Planning.Check(
            stage.Crashes.MutatingRequests == mutating, () => $"planning {verb} changed something in a cloud");
        invariants.Planning.Check(DiskDigest() == disk, () => $"planning {verb} wrote to the state");
        return planned;
    }

    /// <summary>
    /// What a run throws before it has a plan is a failure of that run, told as the command line tells it.
    /// </summary>
    private static async Task<RunReport> RunAsync(Engine.Pipeline engine, Life life, RunRequest request)
    {
        try
        {
            return request.Verb == RunVerb.Upgrade
                ? await new Engine.UpgradeRun(engine, new LifeTimeProvider(life)).RunAsync(
                    new Engine.UpgradeRequest
                    {
                        Confirm = static (_, _) => Task.FromResult(true),
                        ConfirmRest = request.Confirm,
                    },
                    Interruption.None)
                : await engine.RunAsync(request, Interruption.None);
        }
        catch (ProviderException refusal)
        {
            return Failed(RunDiagnostics.NotSeen, refusal.Message);
        }
        catch (StateException problem)
        {
            return Failed(problem.Code, problem.Message);
        }
    }

    /// <summary>
    /// All keys that can be, to their second generation: whoever repeats the command after its end has it already.
    /// </summary>
    private ValueList<RotatedKey> RotatedBy(RunVerb verb) => verb != RunVerb.Rotate ? [] :
    [
        .. stage.Platform.Clusters.Values.SelectMany(cluster => KeyNames.Rotatable
            .SelectMany(name => KeyNames.Of(cluster, name))
            .Select(key => new RotatedKey(cluster.Name, key, Generation: 2))),
    ];

    private static RunReport Failed(DiagnosticCode code, string detail) => new()
    {
        Outcome = RunOutcome.Failed,
        Plan = null,
        Diagnostics = [code.At(null, detail)],
        Timeline = [],
    };

    private void Search(RunReport report)
    {
        leaks.SearchWhatIsLeft();
        foreach (var diagnostic in report.Diagnostics)
            leaks.Shown($"{diagnostic}", "a diagnostic");
    }

    private string DiskDigest() =>
        string.Join('\n', stage.Disk.Files.Select(file =>
            $"{file.Key} {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file.Value))}"));

    /// <summary>Reads every event that a user would be shown.</summary>
    private sealed class LeakObserver(LeakChecker leaks, VirtualClock clock) : IRunObserver
    {
        public TimeSpan? FirstChange { get; private set; }

        public void On(RunEvent happened)
        {
            if (happened is RunEvent.Started)
                FirstChange ??= clock.Now;
            // The event is its plan and nothing else.
            if (happened is RunEvent.Planned planned)
                leaks.Shown(planned.Plan, "an event");
            else
                leaks.Shown(happened.ToString() ?? "", "an event");
        }
    }
}
