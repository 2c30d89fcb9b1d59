using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Kubernetes;

namespace Orrery.Providers.Clusters;

/// <summary>
/// What each cluster has once, and what says how far all of it is: its id is the cluster's uid. Making it is waiting
/// for it, and there is nothing to delete.
/// </summary>
internal abstract class ClusterHandler(KnownClusters clusters, ReachedObjects reached)
    : IResourceHandler, IIdentifiedByInputs
{
    public abstract ResourceKind Kind { get; }

    protected KnownClusters Clusters => clusters;

    public string? IdOf(Value.Map desired) => desired["cluster"].IsKnown ? desired["cluster"].AsText() : null;

    public Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<Observed>>([]);

    public async Task<Observed?> ReadAsync(string id, CancellationToken cancellation) =>
        await reached.ReachAsync(id, cancellation) && clusters.Find(id) is { } client
            ? await LookAsync(id, client, cancellation)
            : null;

    /// <summary>Always made, and then waited for: see <see cref="AwaitReadyAsync"/>.</summary>
    public virtual Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        Task.FromResult<Observed?>(null);

    public virtual Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation) =>
        Task.FromResult(Observe(request.Desired["cluster"].AsText() ?? "", isReady: false));

    public abstract Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation);

    public virtual Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation) =>
        AwaitReadyAsync(request.Id, operation, cancellation);

    public Task DeleteAsync(DeleteRequest request, OperationContext operation, CancellationToken cancellation) =>
        Task.CompletedTask;

    /// <summary>How it is in a cluster that answers; null where nothing is there.</summary>
    protected abstract Task<Observed?> LookAsync(
        string id, KubernetesClient client, CancellationToken cancellation);

    /// <exception cref="ProviderException">Nobody knows how to reach that cluster.</exception>
    protected KubernetesClient ClientOf(string id) => clusters.Find(id)
        ?? throw new ProviderException(ProviderErrorCode.Unavailable, $"the cluster {id} cannot be reached");

    protected static Observed Observe(
        string id, bool isReady, params ReadOnlySpan<(string Name, Value Value)> properties) => new()
        {
            Id = id,
            Name = "",
            Owner = null,
            IsReady = isReady,
            Properties = Value.MapOf([("cluster", id), .. properties]),
            Outputs = Value.MapOf(("id", id)),
        };
}
