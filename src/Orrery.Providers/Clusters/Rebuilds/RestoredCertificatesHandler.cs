using Orrery.Engine.Ports;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Keys;
using Orrery.Providers.Kubernetes;

namespace Orrery.Providers.Clusters.Rebuilds;

/// <summary>
/// That a cluster which is made anew has the certificates of the one before, while nobody can order there yet. Done
/// once for each cluster; what becomes of them then is cert-manager's own.
/// </summary>
/// <param name="cluster">The declared one.</param>
/// <param name="keys">Where they are kept.</param>
internal sealed class RestoredCertificatesHandler(
    Cluster cluster, KeysProvider keys, KnownClusters clusters, ReachedObjects reached)
    : ClusterHandler(clusters, reached)
{
    public static ResourceKind Definition { get; } = new()
    {
        Type = "kubernetes/restored-certificates",
        Fields = ValueMap.Of(("cluster", FieldRule.Replaces), ("needs", FieldRule.CreateOnly)),
        HasGenerations = false,
        TypicalDuration = TimeSpan.FromSeconds(1),
    };

    public override ResourceKind Kind => Definition;

    public static Value.Map Desired(Value cluster, IEnumerable<Value> needs) =>
        Value.MapOf(("cluster", cluster), ("needs", Value.ListOf(needs)));

    public override async Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation)
    {
        var kept = await keys.CertificatesAsync(cluster.Name, cancellation) ?? ValueMap<string>.Empty;
        await OrderedCertificates.RestoreAsync(ClientOf(id), kept, operation, cancellation);
        return Observe(id, isReady: true);
    }

    protected override Task<Observed?> LookAsync(
        string id, KubernetesClient client, CancellationToken cancellation) =>
        Task.FromResult<Observed?>(Observe(id, isReady: true));
}
