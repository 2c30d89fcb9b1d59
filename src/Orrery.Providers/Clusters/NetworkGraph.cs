using Orrery.GitOps.Delivery;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;

namespace Orrery.Providers.Clusters;

/// <summary>
/// What makes the nodes of a cluster ready, where its distribution does not do so by itself: its networks, and the gate
/// behind which everything else begins. Pure.
/// </summary>
internal static class NetworkGraph
{
    public static IEnumerable<Resource> Of(Platform platform, Cluster cluster)
    {
        var resources = new ManifestResources(cluster);
        return NetworkObjects.Of(platform, cluster).Values.SelectMany(objects => resources.Chain(objects))
            .Concat(NodesHandler.Of(cluster));
    }
}
