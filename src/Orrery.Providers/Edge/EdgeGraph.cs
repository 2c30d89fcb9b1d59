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
        if (edge.Names.Count > 0)
        {
            yield return File(
                AddressOf(cluster, EdgeProgram.Nginx), place, NginxPassthrough.Of(cluster.Name, edge),
                Value.Null.Instance);
        }

        if (edge.Dns is { } dns)
        {
            var key = KeysGraph.TransferKey(cluster.Name).Output("key");
            yield return File(
                AddressOf(cluster, EdgeProgram.Nsd), place, NsdSecondary.Of(cluster.Name, dns),
                new Value.Sensitive(new Value.Unknown(key)));
        }
    }

    /// <summary>What files on the machine are named after.</summary>
    public static string NameOf(Platform platform, Cluster cluster) => $"{platform.Name}-{cluster.Name}";

    public static ResourceAddress AddressOf(Cluster cluster, EdgeProgram program) =>
        ResourceAddress.Of(cluster.Name, program.Type, "edge");

    private static Resource File(ResourceAddress address, EdgePlace place, string text, Value key) => new()
    {
        Address = address,
        Desired = Value.MapOf(("host", place.Ssh), ("name", place.Name), ("text", text), ("key", key)),
    };
}
