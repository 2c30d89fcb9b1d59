using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Keys;

namespace Orrery.Providers.Edge;

/// <summary>What a cluster needs of the machine in front of it, which people own. Pure.</summary>
internal static class EdgeGraph
{
    /// <summary>Nothing for a cluster without an edge.</summary>
    public static IEnumerable<Resource> Of(Platform platform, Cluster cluster)
    {
        if (cluster.Edge is not { } edge)
            yield break;
        var place = new EdgePlace(edge.Ssh, NameOf(platform, cluster));
        if (edge.Tailnet is { } tailnet)
            yield return Member(platform, cluster, edge, tailnet);
        if (edge.Names.Count > 0)
        {
            yield return File(
                AddressOf(cluster, EdgeProgram.Nginx.Type), place, NginxPassthrough.Of(cluster.Name, edge),
                Value.Null.Instance);
        }

        if (edge.Dns is { } dns)
        {
            var key = KeysGraph.TransferKey(cluster.Name).Output("key");
            yield return File(
                AddressOf(cluster, EdgeProgram.Nsd.Type), place, NsdSecondary.Of(cluster.Name, dns),
                new Value.Sensitive(new Value.Unknown(key)));
        }
    }

    /// <summary>What files on the machine are named after.</summary>
    public static string NameOf(Platform platform, Cluster cluster) => $"{platform.Name}-{cluster.Name}";

    public static ResourceAddress AddressOf(Cluster cluster, string type) =>
        ResourceAddress.Of(cluster.Name, type, "edge");

    /// <summary>People may have let it in before: then it stays when the platform goes.</summary>
    private static Resource Member(
        Platform platform, Cluster cluster, ClusterEdge edge, Headscale tailnet) => new()
        {
            Address = AddressOf(cluster, TailnetNodeHandler.Definition.Type),
            Desired = Value.MapOf(
                ("host", edge.Ssh),
                ("name", $"{NameOf(platform, cluster)}-edge"),
                ("url", tailnet.Url),
                ("headscale", tailnet.Ssh),
                ("user", platform.Name)),
            Lifecycle = new Lifecycle { Ownership = Ownership.Shared },
        };

    private static Resource File(ResourceAddress address, EdgePlace place, string text, Value key) => new()
    {
        Address = address,
        Desired = Value.MapOf(("host", place.Ssh), ("name", place.Name), ("text", text), ("key", key)),
    };
}
