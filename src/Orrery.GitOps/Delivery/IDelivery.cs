using Orrery.GitOps.Catalog;
using Orrery.GitOps.Ordering;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Delivery;

/// <summary>What one kind of GitOps engine is told of a cluster.</summary>
internal interface IDelivery
{
    /// <summary>Whether a component waits for what provides this; else both begin at once.</summary>
    bool WaitsFor(Capability required);

    /// <summary>The tree's documents that the engine follows, by path.</summary>
    /// <param name="components">All of the cluster's.</param>
    IEnumerable<(string Path, Value.Map Document)> Documents(IReadOnlyList<CatalogComponent> components, Order order);

    /// <summary>The documents of a component that is a chart, by path.</summary>
    IEnumerable<(string Path, Value.Map Document)> ChartDocuments(CatalogComponent component, Chart chart);

    /// <summary>What the engine begins with, in the order in which it is applied; the last is the root.</summary>
    ValueList<Value.Map> Root(IReadOnlyList<CatalogComponent> components);

    /// <summary>All that must become ready, as <see cref="DeliveryState"/> names it.</summary>
    IEnumerable<string> Expected(IEnumerable<CatalogComponent> delivered);
}

/// <summary>Chooses by the declaration.</summary>
internal static class Deliveries
{
    /// <summary>Null where the cluster has no GitOps engine.</summary>
    public static IDelivery? Of(Platform platform, Cluster cluster) => cluster.GitOps switch
    {
        GitOpsEngine.ArgoCd engine => new Applications(platform, cluster, engine),
        GitOpsEngine.Flux => new Kustomizations(platform, cluster),
        _ => null,
    };
}
