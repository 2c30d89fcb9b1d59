using Orrery.Engine.Ports;
using Orrery.Engine.Runs;
using Orrery.Engine.State;
using Orrery.Model.Diagnostics;
using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Engine;

/// <summary>What a user asks of an upgrade.</summary>
public sealed record UpgradeRequest
{
    /// <summary>Only this cluster; null for all that can be upgraded.</summary>
    public string? Cluster { get; init; }

    /// <summary>Asked once, with all stages, unless there are none.</summary>
    public required Func<UpgradePreview, CancellationToken, Task<bool>> Confirm { get; init; }

    /// <summary>Asked where there are no stages and the platform is not as declared otherwise.</summary>
    public required Func<PlannedRun, CancellationToken, Task<bool>> ConfirmRest { get; init; }
}

/// <summary>What an upgrade would do.</summary>
/// <param name="Stages">In their order, cluster after cluster.</param>
/// <param name="Problems">An error among them means that nothing can be done.</param>
public sealed record UpgradePreview(ValueList<UpgradeStage> Stages, ValueList<Diagnostic> Problems)
{
    public bool IsImpossible => Problems.Any(problem => problem.Severity == Severity.Error);
}

/// <summary>
/// Takes clusters to their declared versions. Under one lease, each stage is a run of its own, with its plan and its
/// journal; the way is found anew before each, from what the state says, so that an upgrade that died goes on where it
/// was. At the end comes an <c>up</c>, which exchanges the images that new machines would be made of.
/// </summary>
public sealed class UpgradeRun(Pipeline pipeline, TimeProvider time)
{
    private readonly List<TimelineEntry> _timeline = [];
    private readonly List<Change> _changes = [];
    private readonly HashSet<ResourceAddress> _stage = [];
    private readonly List<Diagnostic> _diagnostics = [];
    private readonly HashSet<string> _kept = new(StringComparer.Ordinal);
    private readonly long _startedAt = time.GetTimestamp();

    public Task<RunReport> RunAsync(UpgradeRequest request, Interruption interruption) =>
        pipeline.UnderLeaseAsync(lease => RunAsync(request, lease, interruption), interruption.Graceful);

    private async Task<RunReport> RunAsync(UpgradeRequest request, Lease lease, Interruption interruption)
    {
        var preview = await pipeline.UpgradesAsync(request.Cluster, interruption.Graceful);
        if (preview.IsImpossible)
            return Ended(RunOutcome.Failed, preview.Problems);
        var isAsked = preview.Stages.Count == 0;
        if (!isAsked && !await request.Confirm(preview, interruption.Graceful))
            return Ended(RunOutcome.Declined, []);
        while (preview.Stages.Count > 0)
        {
            var report = await RunAsync(preview.Stages[0], lease, interruption);
            if (report.Outcome != RunOutcome.Converged)
                return report;
            var left = await pipeline.UpgradesAsync(request.Cluster, interruption.Graceful);
            if (left.IsImpossible)
                return Ended(RunOutcome.Failed, left.Problems);
            Invariant.Check(left.Stages.Count < preview.Stages.Count, "a stage of an upgrade led nowhere");
            preview = left;
        }

        return await RunAsync(
            new RunRequest
            {
                Verb = RunVerb.Up,
                Confirm = isAsked ? request.ConfirmRest : static (_, _) => Task.FromResult(true),
            },
            lease, interruption);
    }

    private Task<RunReport> RunAsync(UpgradeStage stage, Lease lease, Interruption interruption) => RunAsync(
        new RunRequest
        {
            Verb = RunVerb.Upgrade,
            Cluster = stage.Cluster,
            Stage = stage,
            KeepsSnapshot = _kept.Add(stage.Cluster),
            Confirm = static (_, _) => Task.FromResult(true),
        },
        lease, interruption);

    /// <summary>One run, on the timeline of all.</summary>
    private async Task<RunReport> RunAsync(RunRequest request, Lease lease, Interruption interruption)
    {
        var begin = time.GetElapsedTime(_startedAt);
        var report = await pipeline.RunUnderLeaseAsync(request, lease, interruption);
        ResourceAddress[] before = [.. _stage];
        _stage.Clear();
        _stage.UnionWith(report.Timeline.Select(entry => entry.Address));
        _timeline.AddRange(report.Timeline.Select(entry => entry with
        {
            Start = begin + entry.Start,
            End = begin + entry.End,
            After = entry.After.Concat(before).Distinct().Order().ToValueList(),
        }));
        _diagnostics.AddRange(report.Diagnostics);
        var earlier = _changes.Where(change => change.Action != ChangeAction.None).ToList();
        _changes.AddRange(report.Plan?.Changes ?? []);
        return report with
        {
            Plan = report.Plan is { } plan ? plan with { Changes = [.. earlier, .. plan.Changes] } : null,
            Timeline = _timeline.ToValueList(),
            Diagnostics = _diagnostics.Distinct().ToValueList(),
        };
    }

    private RunReport Ended(RunOutcome outcome, ValueList<Diagnostic> problems) => new()
    {
        Outcome = outcome,
        Plan = null,
        Diagnostics = [.. _diagnostics, .. problems],
        Timeline = _timeline.ToValueList(),
    };
}
