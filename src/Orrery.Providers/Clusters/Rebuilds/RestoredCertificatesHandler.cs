using Orrery.Engine.Ports;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Keys;

namespace Orrery.Providers.Clusters.Rebuilds;

/// <summary>
/// That a cluster which is made anew has the certificates of the one before, while nobody can order there yet. Done
/// once for each cluster; what becomes of them then is cert-manager's own.
/// </summary>
/// <param name="cluster">The declared one.</param>
/// <param name="keys">Where they are kept.</param>
internal sealed class RestoredCertificatesHandler(
    Cluster cluster, KeysProvider keys, KnownClusters clusters, ReachedObjects reached)
    : IResourceHandler, IIdentifiedByInputs
{
    public static ResourceKind Definition { get; } = new()
    {
        Type = "kubernetes/restored-certificates",
        Fields = ValueMap.Of(("cluster", FieldRule.Replaces), ("needs", FieldRule.CreateOnly)),
        HasGenerations = false,
        TypicalDuration = TimeSpan.FromSeconds(1),
    };

    public ResourceKind Kind => Definition;

    public static Value.Map Desired(Value cluster, IEnumerable<Value> needs) =>
        Value.MapOf(("cluster", cluster), ("needs", Value.ListOf(needs)));

    public string? IdOf(Value.Map desired) => desired["cluster"].IsKnown ? desired["cluster"].AsText() : null;

    public Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<Observed>>([]);

    public async Task<Observed?> ReadAsync(string id, CancellationToken cancellation) =>
        await reached.ReachAsync(id, cancellation) ? Observe(id) : null;

    /// <summary>Always done, by <see cref="AwaitReadyAsync"/>: what is there already is left as it is.</summary>
    public Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        Task.FromResult<Observed?>(null);

    public Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation) =>
        Task.FromResult(Observe(request.Desired["cluster"].AsText() ?? ""));

    public async Task<Observed> AwaitReadyAsync(string id, OperationContext operation, CancellationToken cancellation)
    {
        var client = clusters.Find(id)
            ?? throw new ProviderException(ProviderErrorCode.Unavailable, $"the cluster {id} cannot be reached");
        var kept = await keys.CertificatesAsync(cluster.Name, cancellation) ?? ValueMap<string>.Empty;
        await OrderedCertificates.RestoreAsync(client, kept, operation, cancellation);
        return Observe(id);
    }

    public Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation) =>
        AwaitReadyAsync(request.Id, operation, cancellation);

    /// <summary>There is nothing to delete: they end with their cluster.</summary>
    public Task DeleteAsync(DeleteRequest request, OperationContext operation, CancellationToken cancellation) =>
        Task.CompletedTask;

    private static Observed Observe(string id) => new()
    {
        Id = id,
        Name = "",
        Owner = null,
        IsReady = true,
        Properties = Value.MapOf(("cluster", id)),
        Outputs = Value.MapOf(("id", id)),
    };
}
