using Orrery.Engine.Applying;
using Orrery.Engine.Observing;
using Orrery.Engine.Planning;
using Orrery.Engine.Ports;
using Orrery.Engine.Runs;
using Orrery.Engine.State;
using Orrery.Model.Diagnostics;
using Orrery.Model.Plans;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Engine;

/// <summary>
/// The whole flow of one platform, from its declaration to what is: graph, snapshot, plan, apply, observe.
/// </summary>
public sealed partial class Pipeline(Platform platform, EngineEnvironment environment)
{
    /// <summary>Plans without changing anything, neither in a cloud nor in the state.</summary>
    /// <param name="rotated">For <see cref="RunVerb.Rotate"/>: which keys are made again.</param>
    public async Task<PlannedRun> PlanAsync(
        RunVerb verb, string? cluster, CancellationToken cancellation, params ValueList<RotatedKey> rotated)
    {
        var state = await LoadAsync(cancellation);
        await using var scene = await SceneAsync(
            NoWriter.Instance, state, Asked(verb, cluster, rotated), cancellation);
        return await PlanAsync(scene, state, verb, cluster, cancellation);
    }

    /// <summary>
    /// Plans <c>up</c> from the recorded state alone: no cloud is asked, so neither what has changed there since nor
    /// the cost is known.
    /// </summary>
    public async Task<PlannedRun> PlanOfflineAsync(CancellationToken cancellation)
    {
        var state = await LoadAsync(cancellation);
        await using var scene = await SceneAsync(NoWriter.Instance, state, Asked(RunVerb.Up), cancellation);
        var recorded = state.Recorded;
        var plan = Planner.Plan(new PlanInput
        {
            Graph = scene.Graph,
            Recorded = recorded,
            Snapshot = RecordedSnapshot.Of(recorded, scene.Handlers),
            KindOf = scene.Handlers.KindOf,
        });
        return new PlannedRun(RecordedSnapshot.WithoutMissing(plan), null) { IsOffline = true };
    }

    /// <summary>Makes the declaration real, replaces what is ephemeral, or takes away what is not protected.</summary>
    public Task<RunReport> RunAsync(RunRequest request, Interruption interruption) =>
        UnderLeaseAsync(lease => RunUnderLeaseAsync(request, lease, interruption), interruption.Graceful);

    /// <summary>
    /// Takes over the thing with this id in the cloud, which somebody else made, as the declared resource of this
    /// address.
    /// </summary>
    public Task<RunReport> AdoptAsync(ResourceAddress address, string id, CancellationToken cancellation) =>
        UnderLeaseAsync(lease => AdoptUnderLeaseAsync(address, id, lease, cancellation), cancellation);

    /// <summary>What is, and what differs from the declaration. Reads only.</summary>
    public async Task<IReadOnlyList<ResourceStatus>> StatusAsync(CancellationToken cancellation)
    {
        var planned = await PlanAsync(RunVerb.Up, null, cancellation);
        return planned.Plan.Changes.Select(ResourceStatus.Of).ToList();
    }

    /// <summary>The same, and what in running clusters would be lost with them.</summary>
    public async Task<(IReadOnlyList<ResourceStatus> Resources, ValueList<Diagnostic> Found)> DriftAsync(
        CancellationToken cancellation)
    {
        var state = await LoadAsync(cancellation);
        await using var scene = await SceneAsync(NoWriter.Instance, state, Asked(RunVerb.Up), cancellation);
        var planned = await PlanAsync(scene, state, RunVerb.Up, null, cancellation);
        var found = await SearchAsync(scene, cancellation);
        return ([.. planned.Plan.Changes.Select(ResourceStatus.Of)], found);
    }

    internal async Task<RunReport> UnderLeaseAsync(Func<Lease, Task<RunReport>> run, CancellationToken cancellation)
    {
        await using var lease = await Lease.AcquireAsync(
            environment.Files, environment.Time, environment.Holder,
            holder => environment.Observer.On(new RunEvent.WaitingForLease(holder)), cancellation);
        using var over = new CancellationTokenSource();
        var keeping = lease.KeepAsync(over.Token);
        try
        {
            return await run(lease);
        }
        finally
        {
            await over.CancelAsync();
            await keeping;
        }
    }

    private async Task<RunReport> AdoptUnderLeaseAsync(
        ResourceAddress address, string id, Lease lease, CancellationToken cancellation)
    {
        var state = await LoadAsync(cancellation);
        await using var scene = await SceneAsync(
            environment.Guard(lease), state, Asked(RunVerb.Up), cancellation);
        var snapshot = await new SnapshotTaker(platform.Name, scene.Handlers, scene.Graph, state.Recorded)
            .TakeAsync(cancellation);
        var adoption = new Adoption(Surroundings(scene, state), scene.Graph, snapshot);
        var found = await adoption.CheckAsync(address, id, cancellation);
        if (found.Value is not { } candidate)
            return Ended(RunOutcome.Failed, null, [.. found.Diagnostics]);
        if (candidate.IsDone)
            return Ended(RunOutcome.Converged, null);

        await state.BeginAsync(
            "adopt", ValueMap<int>.Empty, new StateWriter(lease.Token, environment.Guard(lease)), cancellation);
        var operation = new OperationContext(
            address, waiting => environment.Observer.On(new RunEvent.Waiting(address, waiting)));
        var problem = await adoption.TakeAsync(
            candidate, operation,
            (reason, after) => environment.Observer.On(new RunEvent.Retrying(address, reason, after)), cancellation);
        await state.EndAsync(allGoalsReached: false, CancellationToken.None);
        return problem is null ? Ended(RunOutcome.Converged, null) : Ended(RunOutcome.Failed, null, problem);
    }

    internal async Task<RunReport> RunUnderLeaseAsync(RunRequest request, Lease lease, Interruption interruption)
    {
        var state = await LoadAsync(interruption.Graceful);
        await using var scene = await SceneAsync(
            environment.Guard(lease), state, request, interruption.Graceful);
        if (state.WasInterrupted)
            environment.Observer.On(new RunEvent.Resumed());
        var planned = await PlanAsync(scene, state, request.Verb, request.Cluster, interruption.Graceful);
        environment.Observer.On(new RunEvent.Planned(planned.Plan));
        if (planned.Diagnostics.Any(diagnostic => diagnostic.Severity == Severity.Error))
            return Ended(RunOutcome.Failed, planned.Plan, [.. planned.Diagnostics]);
        if (!planned.Plan.IsEmpty && !await request.Confirm(planned, interruption.Graceful))
            return Ended(RunOutcome.Declined, planned.Plan);
        if (!planned.Plan.Changes.Any(change => change.IsWork || change.IsMissing) && !state.WasInterrupted
            && state.Recorded.Goals.Count == 0)
            return Ended(RunOutcome.Converged, planned.Plan, [.. planned.Diagnostics]);

        // A person may have thought for long, and the computer slept: another run's state must not be written over.
        if (await LostAsync(lease) is { } lost)
            return Ended(RunOutcome.Failed, planned.Plan, lost);
        if (request is { Stage: { } stage, KeepsSnapshot: true })
            await KeepAsync(scene, stage.Cluster, state.Recorded, interruption.Graceful);
        var kept = new KeptClusters(environment, scene.Providers);
        if (request.Verb != RunVerb.Destroy)
        {
            var problems = await kept.PrepareAsync(
                scene.Platform, planned.Plan, state.Recorded, request.Verb == RunVerb.Rebuild,
                interruption.Graceful);
            if (problems.Count > 0)
                return Ended(RunOutcome.Failed, planned.Plan, [.. problems]);
        }

        await state.BeginAsync(
            VerbName(request.Verb), GoalsOf(scene, request, planned.Plan), new StateWriter(
                lease.Token, environment.Guard(lease)), interruption.Graceful);
        var surroundings = Surroundings(scene, state) with { EndsAll = request.Verb == RunVerb.Destroy };
        var report = await new Applier(surroundings, environment.Observer)
            .RunAsync(planned.Plan, interruption);
        report = report with { Diagnostics = [.. planned.Diagnostics, .. report.Diagnostics] };

        // Whoever has taken over goes on from our journal; a checkpoint of ours would end theirs.
        if (await LostAsync(lease) is not null)
            return report;
        // Not the caller's token: what was done is saved also when the run was interrupted.
        await state.EndAsync(report.Outcome == RunOutcome.Converged, CancellationToken.None);
        if (report.Outcome == RunOutcome.Converged && request.Verb is RunVerb.Rebuild or RunVerb.Upgrade)
            await kept.PruneAsync(CancellationToken.None);
        return report;
    }

    /// <summary>
    /// Why this run may write no more, or null where it may. Not the caller's token: saving goes before stopping.
    /// </summary>
    private static async Task<Diagnostic?> LostAsync(Lease lease)
    {
        try
        {
            await lease.EnsureAsync(TimeSpan.Zero, CancellationToken.None);
            return null;
        }
        catch (ProviderException refusal)
        {
            return ApplyDiagnostics.Refused(null, refusal);
        }
    }

    private async Task<PlannedRun> PlanAsync(
        RunScene scene, StateStore state, RunVerb verb, string? cluster, CancellationToken cancellation)
    {
        var recorded = state.Recorded;
        var graph = verb == RunVerb.Destroy ? ResourceGraph.Empty : scene.Graph;
        // Asked beside the snapshot, so that nobody waits for it, and only when something may have to be made.
        var mayMake = verb == RunVerb.Rebuild || graph.InOrder.Any(
            resource => recorded.Resources.GetValueOrDefault(resource.Address.Text)?.Id is null);
        var checking = mayMake ? CheckAsync(scene, cancellation) : Task.FromResult(ValueList<Diagnostic>.Empty);
        var snapshot = await new SnapshotTaker(platform.Name, scene.Handlers, scene.Graph, recorded)
            .TakeAsync(cancellation);
        if (verb == RunVerb.Destroy)
            recorded = LostRecords.Restored(recorded, scene.Graph, snapshot);
        var plan = Planner.Plan(new PlanInput
        {
            Graph = graph,
            Recorded = recorded,
            Snapshot = snapshot,
            KindOf = scene.Handlers.KindOf,
            Rebuild = verb == RunVerb.Rebuild ? address => cluster is null || address.Cluster == cluster : null,
        });
        return new PlannedRun(plan, await Costs.AfterAsync(plan, scene.Handlers, cancellation))
        {
            CostPerMonthBefore = await Costs.BeforeAsync(plan, scene.Handlers, cancellation),
            Diagnostics =
            [
                .. await checking,
                .. verb == RunVerb.Destroy ? await LeftBehindAsync(scene, cancellation) : scene.Problems(),
                .. verb == RunVerb.Rebuild ? await SearchAsync(scene, cancellation) : [],
                .. verb == RunVerb.Up ? KeptVersions.Pending(scene.Platform, scene.Providers) : [],
                .. verb == RunVerb.Destroy ? [] : await LeavingAsync(scene, recorded, cancellation),
                .. verb == RunVerb.Destroy
                    ? []
                    : await new KeptClusters(environment, scene.Providers).OutlookAsync(
                        scene.Platform, plan, recorded, verb == RunVerb.Rebuild, cancellation),
            ],
        };
    }

    private async Task<ValueList<Diagnostic>> SearchAsync(RunScene scene, CancellationToken cancellation)
    {
        var found = new List<Diagnostic>();
        foreach (var (cluster, provider) in scene.Providers.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (provider is ISearchesClusters searching)
                found.AddRange(await searching.SearchAsync(platform.Clusters[cluster], cancellation));
        }

        return found.ToValueList();
    }

    private async Task<IEnumerable<Diagnostic>> LeftBehindAsync(RunScene scene, CancellationToken cancellation)
    {
        var found = new List<Diagnostic>();
        foreach (var (cluster, provider) in scene.Providers.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (provider is ILeavesThings leaving)
                found.AddRange(await leaving.LeftBehindAsync(platform.Clusters[cluster], cancellation));
        }

        return found;
    }

    /// <summary>What each cluster's cloud has to say: a type that is not sold, an image that does not exist.</summary>
    private async Task<ValueList<Diagnostic>> CheckAsync(RunScene scene, CancellationToken cancellation)
    {
        var diagnostics = new List<Diagnostic>();
        foreach (var (cluster, provider) in scene.Providers.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            try
            {
                diagnostics.AddRange(await provider.CheckAsync(
                    platform, platform.Clusters[cluster], cancellation));
            }
            catch (ProviderException refusal) when (refusal.IsTransient)
            {
                // A courtesy that cannot be had now: whatever is wrong is told when it is made.
            }
        }

        return diagnostics.ToValueList();
    }

    private async Task<RunScene> SceneAsync(
        IWriterGuard guard, StateStore state, RunRequest request, CancellationToken cancellation)
    {
        var providers = environment.Providers(guard);
        var keys = await new KeyRotation(state.Recorded.Goals, request.Rotated)
            .OfAsync(platform, providers, cancellation);
        var kept = KeptVersions.In(
            keys.Platform, providers, state.Recorded,
            name => request.Verb == RunVerb.Rebuild && (request.Cluster ?? name) == name, request.Stage);
        var graph = ResourceGraph.Build(providers.OrderBy(entry => entry.Key, StringComparer.Ordinal).SelectMany(
            entry => entry.Value.ResourcesOf(kept, kept.Clusters[entry.Key], environment.Secrets)));
        Invariant.Check(graph.Value is not null, "the providers' resources need each other in a circle");
        return new RunScene(providers, new HandlerSet(providers), graph.Value, kept, keys.Goals);
    }

    /// <summary>For what only looks: nobody is asked.</summary>
    private static RunRequest Asked(RunVerb verb, string? cluster = null, params ValueList<RotatedKey> rotated) => new()
    {
        Verb = verb,
        Cluster = cluster,
        Rotated = rotated,
        Confirm = static (_, _) => Task.FromResult(false),
    };

    private StepSurroundings Surroundings(RunScene scene, StateStore state) => new(
        platform.Name, scene.Handlers, state, new Retrying(environment.Time, environment.Random), environment.Time);

    private Task<StateStore> LoadAsync(CancellationToken cancellation) =>
        StateStore.LoadAsync(environment.Files, platform.Id, environment.Cipher, cancellation);

    /// <summary>
    /// A run that dies goes on with the generations it set out to reach, and makes nothing anew twice.
    /// </summary>
    private static ValueMap<int> GoalsOf(RunScene scene, RunRequest request, Plan plan) => request.Verb switch
    {
        RunVerb.Rebuild => ValueMap.From(plan.Changes
            .Where(change => change.Action == ChangeAction.Replace
                && scene.Handlers.KindOf(change.Address.Type).Ephemeral)
            .Select(change => KeyValuePair.Create(change.Address.Text, change.Generation))),
        RunVerb.Rotate => scene.Goals,
        _ => ValueMap<int>.Empty,
    };

    private static RunReport Ended(RunOutcome outcome, Plan? plan, params ReadOnlySpan<Diagnostic> diagnostics) => new()
    {
        Outcome = outcome,
        Plan = plan,
        Diagnostics = ValueList.Create(diagnostics),
        Timeline = [],
    };

    private static string VerbName(RunVerb verb) => verb switch
    {
        RunVerb.Up => "up",
        RunVerb.Rebuild => "rebuild",
        RunVerb.Rotate => "rotate",
        RunVerb.Upgrade => "upgrade",
        _ => "destroy",
    };

    private sealed record RunScene(
        IReadOnlyDictionary<string, IProvider> Providers,
        HandlerSet Handlers,
        ResourceGraph Graph,
        Platform Platform,
        ValueMap<int> Goals) : IAsyncDisposable
    {
        /// <summary>What lies beside the declaration and must not be delivered.</summary>
        public IEnumerable<Diagnostic> Problems() => Providers.OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .SelectMany(entry => entry.Value is ICompletesClusters files
                ? files.ProblemsOf(Platform.Clusters[entry.Key])
                : []);

        /// <summary>Ends what providers have started beside us: agents that hold keys, connections.</summary>
        public async ValueTask DisposeAsync()
        {
            foreach (var provider in Providers.Values.OfType<IAsyncDisposable>())
                await provider.DisposeAsync();
        }
    }
}
