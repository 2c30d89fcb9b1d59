using Orrery.Engine.Ports;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Keys;
using Orrery.Providers.Kubernetes;

namespace Orrery.Providers.Clusters.Rebuilds;

/// <summary>
/// That the certificates which a cluster ordered are kept encrypted in the declaration's repository. Making it waits
/// until they are there, and no longer where nothing comes nearer: a name may not point here yet, and then they are
/// kept by the next <c>up</c>.
/// </summary>
/// <param name="cluster">The declared one.</param>
/// <param name="keys">Where they are kept.</param>
internal sealed class KeptCertificatesHandler(
    Cluster cluster, KeysProvider keys, KnownClusters clusters, ReachedObjects reached, TimeProvider time)
    : ClusterHandler(clusters, reached)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A record that is new is looked for several times until all name servers have it; a name that points elsewhere
    /// is never proved.
    /// </summary>
    private static readonly TimeSpan StillMax = TimeSpan.FromMinutes(2);

    public static ResourceKind Definition { get; } = new()
    {
        Type = "kubernetes/kept-certificates",
        Fields = ValueMap.Of(
            ("cluster", FieldRule.Replaces),

            // Certificates of the cluster that are not kept as they are now: new ones, and those that were renewed.
            ("unsaved", FieldRule.Updates),
            ("needs", FieldRule.CreateOnly)),
        HasGenerations = false,
        TypicalDuration = TimeSpan.FromSeconds(30),
    };

    public override ResourceKind Kind => Definition;

    public static Value.Map Desired(Value cluster, IEnumerable<Value> needs) => Value.MapOf(
        ("cluster", cluster), ("unsaved", Value.ListOf([])), ("needs", Value.ListOf(needs)));

    public override async Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation)
    {
        var client = ClientOf(id);
        var (since, left) = (time.GetTimestamp(), int.MaxValue);
        while (true)
        {
            var pending = await OrderedCertificates.PendingAsync(client, operation, cancellation);
            if (pending.Count < left)
                (since, left) = (time.GetTimestamp(), pending.Count);
            if (left == 0 || time.GetElapsedTime(since) > StillMax)
                break;
            operation.Waiting(new WaitState("all certificates are there", pending[0]));
            await Task.Delay(Interval, time, cancellation);
        }

        // All that is there, and nothing else: a certificate that nobody uses any more is no secret to keep.
        var ordered = await OrderedCertificates.ListAsync(client, cluster, operation, cancellation);
        await keys.KeepCertificatesAsync(cluster.Name, ordered, cancellation);
        return Observe(id, isReady: true, Unsaved(ordered, ordered));
    }

    protected override async Task<Observed?> LookAsync(
        string id, KubernetesClient client, CancellationToken cancellation) =>
        await keys.CertificatesAsync(cluster.Name, cancellation) is { } kept
            ? Observe(
                id, isReady: true,
                Unsaved(kept, await OrderedCertificates.ListAsync(client, cluster, null, cancellation)))
            : null;

    private static (string Name, Value Value) Unsaved(ValueMap<string> kept, ValueMap<string> ordered) =>
        ("unsaved", Value.ListOf(ordered
            .Where(certificate => kept.GetValueOrDefault(certificate.Key) != certificate.Value)
            .Select(certificate => (Value)certificate.Key)));
}
