using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Kubernetes.Objects;

namespace Orrery.Providers.Clusters;

/// <summary>
/// Objects of clusters that can be reached. Where the machine is gone its objects are gone too; where nothing answers
/// for now, nothing is known of them, and a rebuild must be possible all the same.
/// </summary>
/// <param name="objects">Who handles them where the cluster answers.</param>
/// <param name="clusters">The clusters that were there.</param>
/// <param name="servers">Tells whether a machine is still there.</param>
internal sealed class ReachedObjects(
    KubernetesObjectHandler objects, KnownClusters clusters, IResourceHandler servers)
    : IResourceHandler, ITakesOver, IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly HashSet<string> _answered = new(StringComparer.Ordinal);

    /// <summary>Clusters that did not answer, with what was said.</summary>
    public ValueMap<string> Silent { get; private set; } = ValueMap<string>.Empty;

    public ResourceKind Kind => objects.Kind;

    public async Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation)
    {
        foreach (var uid in clusters.Uids)
            await ReachAsync(uid, cancellation);
        return await objects.ListOwnedAsync(platformId, cancellation);
    }

    public async Task<Observed?> ReadAsync(string id, CancellationToken cancellation) =>
        await ReachAsync(UidOf(id), cancellation) ? await objects.ReadAsync(id, cancellation) : null;

    public Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        objects.FindExistingAsync(request, cancellation);

    public Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation) =>
        objects.CreateAsync(request, operation, cancellation);

    public Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation) =>
        objects.AwaitReadyAsync(id, operation, cancellation);

    public Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation) =>
        objects.UpdateAsync(request, operation, cancellation);

    public async Task DeleteAsync(DeleteRequest request, OperationContext operation, CancellationToken cancellation)
    {
        if (await ReachAsync(UidOf(request.Id), cancellation))
            await objects.DeleteAsync(request, operation, cancellation);
    }

    public Task<Observed> TakeOverAsync(
        string id, Owner owner, ResourceAddress address, OperationContext operation,
        CancellationToken cancellation) =>
        objects.TakeOverAsync(id, owner, address, operation, cancellation);

    /// <summary>Whether the cluster answers; asked once. One that does not is forgotten for this run.</summary>
    public async Task<bool> ReachAsync(string uid, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            if (_answered.Contains(uid))
                return true;
            if (clusters.Find(uid) is not { } client)
                return false;
            if (!await StandsAsync(clusters.ServersOf(uid), cancellation))
            {
                clusters.Forget(uid);
                return false;
            }

            await client.VersionAsync(cancellation);
            _answered.Add(uid);
            return true;
        }
        catch (ProviderException refusal) when (refusal.IsTransient)
        {
            Silent = Silent.With(uid, refusal.Message);
            clusters.Forget(uid);
            return false;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    /// <summary>One of the machines is still there.</summary>
    private async Task<bool> StandsAsync(ValueList<string> ids, CancellationToken cancellation)
    {
        foreach (var id in ids)
        {
            if (await servers.ReadAsync(id, cancellation) is not null)
                return true;
        }

        return false;
    }

    private static string UidOf(string id) => id.Split('/', 2)[0];
}
