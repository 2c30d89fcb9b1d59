using Orrery.Engine.Ports;
using Orrery.GitOps.Delivery;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Kubernetes.Watching;

namespace Orrery.Providers.Clusters;

/// <summary>
/// That all which the engine of a cluster delivers is ready, and has been looked at since K3s has started: where its
/// datastore was kept, what the engine says may be of before. Making it waits for that; it fails when nothing comes
/// nearer for too long, however long the whole takes.
/// </summary>
/// <param name="engine">One that looks at clusters of this kind of engine.</param>
internal sealed class ConvergenceHandler(
    DeliveryView engine, KnownClusters clusters, ReachedObjects reached, TimeProvider time)
    : ClusterHandler(clusters, reached)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // Only another look is missing: whatever the last one could not see yet was there when it ended.
    private static readonly TimeSpan Confirming = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Large images and database migrations take minutes; a platform that stands still longer is stuck.
    /// </summary>
    private static readonly TimeSpan StillMax = TimeSpan.FromMinutes(12);

    public static ResourceKind DefinitionOf(GitOpsEngine engine) =>
        (engine is GitOpsEngine.Flux ? DeliveryView.Flux : DeliveryView.ArgoCd).Kind;

    public static ResourceKind Define(string type) => new()
    {
        Type = type,
        Fields = ValueMap.Of(
            ("cluster", FieldRule.Replaces),
            ("expected", FieldRule.CreateOnly),
            ("notReady", FieldRule.Updates),
            ("needs", FieldRule.CreateOnly)),
        HasGenerations = false,
        TypicalDuration = TimeSpan.FromMinutes(3),
    };

    public override ResourceKind Kind => engine.Kind;

    public override Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        ReadAsync(request.Desired["cluster"].AsText() ?? "", cancellation);

    public override Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation) =>
        ConvergeAsync(request.Desired, operation, cancellation);

    public override Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation) =>
        ConvergeAsync(Value.MapOf(("cluster", id)), operation, cancellation);

    public override Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation) =>
        ConvergeAsync(request.Desired, operation, cancellation);

    protected override async Task<Observed?> LookAsync(
        string id, KubernetesClient client, CancellationToken cancellation)
    {
        var states = await engine.ListAsync(client, "", cancellation);
        return states.Count == 0 ? null : Observe(id, states);
    }

    private async Task<Observed> ConvergeAsync(
        Value.Map desired, OperationContext operation, CancellationToken cancellation)
    {
        var id = desired["cluster"].AsText() ?? "";
        var client = ClientOf(id);
        var began = time.GetTimestamp();
        var monitor = new ConvergenceMonitor(
            desired["expected"].AsList().Select(name => name.AsText() ?? ""), StillMax, TimeSpan.Zero);
        while (true)
        {
            var pause = Interval;
            var states = await engine.ListAsync(client, Clusters.StartOf(id), cancellation);
            switch (monitor.Look(time.GetElapsedTime(began), states))
            {
                case Convergence.Converged:
                    return Observe(id, states);
                case Convergence.Stalled stalled:
                    throw new ProviderException(
                        ProviderErrorCode.Stalled,
                        $"nothing has come nearer for {StillMax.TotalMinutes:0} minutes\n"
                        + string.Join('\n', [.. stalled.Diagnosis, .. await HomelessAsync(client, cancellation)]));
                case Convergence.Progressing progress:
                    pause = progress.Ready == progress.Total ? Confirming : Interval;
                    operation.Waiting(new WaitState(
                        $"all {engine.Plural} are ready", $"{progress.Ready} of {progress.Total}"));
                    break;
            }

            await Task.Delay(pause, time, cancellation);
        }
    }

    /// <summary>Pods that no node takes, and why: the engine itself may be among them.</summary>
    private static async Task<IEnumerable<string>> HomelessAsync(
        KubernetesClient client, CancellationToken cancellation) =>
        from pod in await client.ListAsync(ApiKind.Of("v1", "Pod"), ListScope.Everything, cancellation)
        let placed = pod.Condition("PodScheduled")
        where placed is { IsTrue: false }
        select $"Pod {pod.Namespace}/{pod.Name}: {placed.Message}";

    private static Observed Observe(string id, IEnumerable<DeliveryState> states) => Observe(
        id, isReady: true,
        ("notReady", Value.ListOf(states.Where(state => !state.IsReady).Select(state => (Value)state.Name)
            .OrderBy(name => name.AsText(), StringComparer.Ordinal))));
}
