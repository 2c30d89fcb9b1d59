using Orrery.GitOps.Delivery;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Providers.Clusters.Probes;
using Orrery.Providers.Talos;

namespace Orrery.Providers.Clusters;

/// <summary>
/// What makes the nodes of a cluster ready, where its distribution does not do so by itself: its networks, and the gate
/// behind which everything else begins. Pure.
/// </summary>
internal static class NetworkGraph
{
    public static IEnumerable<Resource> Of(Platform platform, Cluster cluster)
    {
        var network = Network(platform, cluster);
        return network.Concat(NodesHandler.Of(cluster)).Concat(GateOf(platform, cluster));
    }

    /// <summary>That the network works: one for a cluster whose nodes we wait for, none for others.</summary>
    public static IEnumerable<Resource> GateOf(Platform platform, Cluster cluster) =>
        NodesHandler.Of(cluster).Select(nodes =>
            NetworkProbeHandler.Of(cluster, [.. Network(platform, cluster), .. Mesh(cluster)], nodes));

    /// <summary>Where nodes speak through tunnels, so do their pods.</summary>
    private static IEnumerable<Resource> Mesh(Cluster cluster) =>
        TalosGraph.Of(cluster)?.Mesh() is { } mesh ? [mesh] : [];

    private static IEnumerable<Resource> Network(Platform platform, Cluster cluster)
    {
        var resources = new ManifestResources(cluster);
        return NetworkObjects.Of(platform, cluster).Values.SelectMany(objects => resources.Chain(objects));
    }
}
