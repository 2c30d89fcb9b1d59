using System.Threading.Channels;
using Orrery.Engine.Ports;
using Orrery.Engine.Runs;
using Orrery.Engine.State;
using Orrery.Model.Diagnostics;
using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Engine.Applying;

/// <summary>
/// Makes a plan real: as many steps at once as the other side allows, those with the longest remaining path first. A
/// failure stops only what depends on it.
/// </summary>
internal sealed class Applier
{
    /// <summary>
    /// Steps under way at once. Clouds limit requests, not work in progress: the request budget holds us back before
    /// this.
    /// </summary>
    private const int ConcurrencyMax = 64;

    private readonly StepSurroundings _shared;
    private readonly IRunObserver _observer;
    private readonly Channel<Ended> _ended = Channel.CreateUnbounded<Ended>(
        new UnboundedChannelOptions { SingleReader = true });
    private readonly PriorityQueue<WorkStep, (TimeSpan Remaining, ResourceAddress Address)> _ready = new();
    private readonly List<Diagnostic> _diagnostics = [];
    private readonly List<TimelineEntry> _timeline = [];
    private readonly Lock _telling = new();
    private readonly long _startedAt;

    public Applier(StepSurroundings shared, IRunObserver observer)
    {
        _shared = shared;
        _observer = observer;
        _startedAt = shared.Time.GetTimestamp();
    }

    public async Task<RunReport> RunAsync(Plan plan, Interruption interruption)
    {
        var graph = WorkGraph.Of(plan, _shared.Handlers.KindOf);
        var runner = new StepRunner(_shared, new KnownOutputs(plan));
        foreach (var step in graph.Steps.Where(step => step.Missing == 0))
            Enqueue(step);
        RefuseMissing(plan, graph);
        var running = 0;
        for (; ; )
        {
            while (running < ConcurrencyMax && !IsOver(interruption) && _ready.TryDequeue(out var step, out _))
            {
                if (step.IsSettled)
                    continue;
                running++;
                _ = RunStepAsync(runner, step, interruption.Forceful);
            }

            if (running == 0)
                break;
            var ended = await _ended.Reader.ReadAsync(CancellationToken.None);
            running--;
            Settle(ended);
        }

        return Report(plan, graph, interruption);
    }

    private static bool IsOver(Interruption interruption) =>
        interruption.Graceful.IsCancellationRequested || interruption.Forceful.IsCancellationRequested;

    private void Enqueue(WorkStep step) => _ready.Enqueue(step, (-step.Remaining, step.Address));

    /// <summary>What must exist and does not: nothing that needs it can begin.</summary>
    private void RefuseMissing(Plan plan, WorkGraph graph)
    {
        foreach (var change in plan.Changes.Where(change => change.IsMissing))
        {
            var diagnostic = ApplyDiagnostics.Missing(change);
            _diagnostics.Add(diagnostic);
            Tell(new RunEvent.Failed(change.Address, diagnostic));
            foreach (var step in graph.Steps.Where(step =>
                step.Change.Action != ChangeAction.Delete && step.Change.Needs.Contains(change.Address)))
                Skip(step, $"needs {change.Address}, which does not exist");
        }
    }

    /// <summary>Never throws: whatever happens to a step is told to the loop.</summary>
    private async Task RunStepAsync(StepRunner runner, WorkStep step, CancellationToken forceful)
    {
        var start = Elapsed();
        var last = new LastWait();
        Diagnostic? failure = null;
        using var deadline = new CancellationTokenSource(step.Change.Lifecycle.Deadline, _shared.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, forceful);
        try
        {
            Tell(new RunEvent.Started(step.Address, step.Action));
            var operation = new OperationContext(step.Address, state =>
            {
                last.State = state;
                Tell(new RunEvent.Waiting(step.Address, state));
            })
            {
                EndsAll = _shared.EndsAll,
                Remaining = step.Remaining,
                Slack = step.Slack,
            };
            await runner.RunAsync(
                step,
                operation,
                (reason, after) => Tell(new RunEvent.Retrying(step.Address, reason, after)),
                either.Token);
        }
        catch (OperationCanceledException) when (forceful.IsCancellationRequested)
        {
            failure = ApplyDiagnostics.Abandoned(step.Address);
        }
        catch (OperationCanceledException)
        {
            failure = ApplyDiagnostics.DeadlinePassed(step.Address, step.Change.Lifecycle.Deadline, last.State);
        }
        catch (ProviderException refusal)
        {
            failure = ApplyDiagnostics.Refused(step.Address, refusal);
        }
        catch (StateException problem)
        {
            failure = ApplyDiagnostics.State(step.Address, problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Providers turn the wire's failures into refusals, so these are of the state's files.
            failure = ApplyDiagnostics.Unwritable(step.Address, problem);
        }
        catch (Exception bug)
        {
            // A mistake of our own in one step must not lose what other steps have done: the loop saves first.
            failure = ApplyDiagnostics.Bug(step.Address, bug);
        }

        _ended.Writer.TryWrite(new Ended(step, failure, start, Elapsed()));
    }

    private void Settle(Ended ended)
    {
        var step = ended.Step;
        step.IsSettled = true;
        _timeline.Add(new TimelineEntry(
            step.Address, step.Action, ended.Start, ended.End,
            step.After.Select(earlier => earlier.Address).Distinct().Order().ToValueList()));
        if (ended.Failure is { } failure)
        {
            _diagnostics.Add(failure);
            Tell(new RunEvent.Failed(step.Address, failure));
            foreach (var later in step.Before)
                Skip(later, $"needs {step.Address}, which failed");
            return;
        }

        Tell(new RunEvent.Finished(step.Address, step.Action));
        foreach (var later in step.Before)
        {
            if (--later.Missing == 0 && !later.IsSettled)
                Enqueue(later);
        }
    }

    private void Skip(WorkStep first, string reason)
    {
        var skipped = new Stack<WorkStep>([first]);
        while (skipped.TryPop(out var step))
        {
            if (step.IsSettled)
                continue;
            step.IsSettled = true;
            Tell(new RunEvent.Skipped(step.Address, reason));
            foreach (var later in step.Before)
                skipped.Push(later);
        }
    }

    private RunReport Report(Plan plan, WorkGraph graph, Interruption interruption)
    {
        var left = graph.Steps.Where(step => !step.IsSettled).ToArray();
        foreach (var step in left)
            Tell(new RunEvent.Skipped(step.Address, "the run was interrupted"));
        var interrupted = left.Length > 0 || interruption.Forceful.IsCancellationRequested;
        return new RunReport
        {
            Outcome = interrupted ? RunOutcome.Interrupted
                : _diagnostics.Count > 0 ? RunOutcome.Failed
                : RunOutcome.Converged,
            Plan = plan,
            Diagnostics = _diagnostics.OrderBy(diagnostic => diagnostic.Address).ToValueList(),
            Timeline = _timeline.OrderBy(entry => entry.Start).ThenBy(entry => entry.Address).ToValueList(),
        };
    }

    private TimeSpan Elapsed() => _shared.Time.GetElapsedTime(_startedAt);

    /// <summary>One event at a time, whichever step it comes from.</summary>
    private void Tell(RunEvent happened)
    {
        lock (_telling)
            _observer.On(happened);
    }

    private sealed record Ended(WorkStep Step, Diagnostic? Failure, TimeSpan Start, TimeSpan End);

    private sealed class LastWait
    {
        public WaitState? State { get; set; }
    }
}
