using Orrery.Model.Values;
using Orrery.Providers.Kubernetes.Watching;

namespace Orrery.Providers.Kubernetes.Objects;

/// <summary>
/// Finds everything in the clusters that carries the platform's label: also what no state remembers. It asks for the
/// given kinds only: a cluster has a hundred others, and controllers copy labels, ours too, to what they make.
/// </summary>
internal sealed class ObjectListing(IKubernetesClusters clusters, ValueList<string> made)
{
    public async Task<IReadOnlyList<(string Cluster, KubernetesObject Item)>> OwnedAsync(
        string platformId, CancellationToken cancellation)
    {
        var found = new List<(string Cluster, KubernetesObject Item)>();
        foreach (var uid in clusters.Uids)
        {
            if (clusters.Find(uid) is not { } client)
                continue;
            var kinds = KindsToAsk(await client.KindsAsync(cancellation));
            var lists = await Task.WhenAll(kinds.Select(kind => ListAsync(client, kind, platformId, cancellation)));
            found.AddRange(lists.SelectMany(list => list).Select(item => (uid, item)));
        }

        return found;
    }

    /// <summary>What is served, each in its preferred version.</summary>
    private ValueList<ApiKind> KindsToAsk(IEnumerable<ApiResource> resources) => resources
        .Where(resource => made.Contains(resource.Kind.Qualified) && resource.Can("list"))
        .Select(resource => resource.Kind)
        .DistinctBy(kind => kind.Qualified)
        .ToValueList();

    private static async Task<IReadOnlyList<KubernetesObject>> ListAsync(
        KubernetesClient client, ApiKind kind, string platformId, CancellationToken cancellation)
    {
        var scope = new ListScope { LabelSelector = ObjectOwner.Selector(platformId) };
        var items = await client.ListAsync(kind, scope, cancellation);
        return [.. items.Where(item => ObjectOwner.Read(item) is not null)];
    }
}
