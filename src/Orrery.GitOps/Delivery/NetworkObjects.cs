using Orrery.GitOps.Catalog;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Delivery;

/// <summary>
/// The objects of a cluster's networks, applied through the API as soon as that answers: no node is ready before, and
/// no service has an address.
/// </summary>
public static class NetworkObjects
{
    /// <summary>In order for each component, by its name; none where the distribution brings its own.</summary>
    public static ValueMap<ValueList<Value.Map>> Of(Platform platform, Cluster cluster) => ValueMap.From(
        Components.Of(platform, cluster).Where(component => component.By == DeliveredBy.Network)
            .Select(component => KeyValuePair.Create(component.Name, Objects(cluster, component).ToValueList())));

    private static IEnumerable<Value.Map> Objects(Cluster cluster, CatalogComponent component) =>
    [
        .. component.Namespace == "kube-system" ? [] : (Value.Map[])[Bootstrap.Namespace(cluster, [component])],
        .. ChartInstaller.Of(cluster.Distribution, component),
        .. component.Objects.Values,
    ];
}
