using Orrery.Model.Values;
using Orrery.Providers.Kubernetes.Watching;

namespace Orrery.Providers.Kubernetes.Objects;

/// <summary>
/// Finds everything in the clusters that carries the platform's label, of whatever kind: also what no state remembers.
/// </summary>
internal sealed class ObjectListing(IKubernetesClusters clusters)
{
    /// <summary>A cluster has fifty to a hundred kinds; one after the other would take seconds through SSH.</summary>
    private const int AtOnceMax = 8;

    /// <summary>Controllers make these from other objects and copy their labels, ours too.</summary>
    private static readonly string[] Copies =
        ["Endpoints", "EndpointSlice.discovery.k8s.io", "Event", "Event.events.k8s.io", "ControllerRevision.apps"];

    public async Task<IReadOnlyList<(string Cluster, KubernetesObject Item)>> OwnedAsync(
        string platformId, CancellationToken cancellation)
    {
        using var slots = new SemaphoreSlim(AtOnceMax, AtOnceMax);
        var found = new List<(string Cluster, KubernetesObject Item)>();
        foreach (var uid in clusters.Uids)
        {
            if (clusters.Find(uid) is not { } client)
                continue;
            var kinds = KindsToAsk(await client.KindsAsync(cancellation));
            var lists = await Task.WhenAll(
                kinds.Select(kind => ListAsync(client, kind, platformId, slots, cancellation)));
            found.AddRange(lists.SelectMany(list => list).Select(item => (uid, item)));
        }

        return found;
    }

    /// <summary>What one can make and list, each in its preferred version.</summary>
    private static ValueList<ApiKind> KindsToAsk(IEnumerable<ApiResource> resources) => resources
        .Where(resource => resource.Can("list", "patch", "delete") && !Copies.Contains(resource.Kind.Qualified))
        .Select(resource => resource.Kind)
        .DistinctBy(kind => kind.Qualified)
        .ToValueList();

    private static async Task<IReadOnlyList<KubernetesObject>> ListAsync(
        KubernetesClient client, ApiKind kind, string platformId, SemaphoreSlim slots, CancellationToken cancellation)
    {
        await slots.WaitAsync(cancellation);
        try
        {
            var scope = new ListScope { LabelSelector = ObjectOwner.Selector(platformId) };
            var items = await client.ListAsync(kind, scope, cancellation);
            return [.. items.Where(item => ObjectOwner.Read(item) is not null)];
        }
        finally
        {
            slots.Release();
        }
    }
}
