using Orrery.Engine.Ports;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Machines.Kinds;
using Orrery.Providers.Talos.Kinds;

namespace Orrery.Providers.Clusters.Probes;

/// <summary>
/// That the network of a cluster's pods carries packets from every node to every other one, and to a service from each.
/// Making it shows that, with pods that are gone afterwards. It is shown again where that may have changed: in another
/// cluster, on another machine, with another node, or after a change of what the network is made of.
/// </summary>
/// <param name="cluster">Declares the nodes.</param>
internal sealed class NetworkProbeHandler(Cluster cluster, KnownClusters clusters, TimeProvider time)
    : RememberedHandler
{
    /// <summary>A small image comes from afar, and agents need a while to know all pods.</summary>
    private static readonly TimeSpan DeadlineMax = NetworkProbe.PodsMax + NetworkProbe.PassingMax
        + TimeSpan.FromMinutes(5);

    public static ResourceKind Definition { get; } = new()
    {
        Type = "kubernetes/network-probe",
        Fields = ValueMap.Of(
            ("cluster", FieldRule.Replaces),
            ("nodes", FieldRule.CreateOnly),
            ("machines", FieldRule.Updates),
            ("network", FieldRule.Updates)),
        HasGenerations = false,
        TypicalDuration = TimeSpan.FromSeconds(20),
    };

    public override ResourceKind Kind => Definition;

    /// <param name="network">What the network of the pods is made of.</param>
    /// <param name="nodes">The gate behind which all nodes are ready.</param>
    public static Resource Of(Cluster cluster, IEnumerable<Resource> network, Resource nodes) => new()
    {
        Address = ResourceAddress.Of(cluster.Name, Definition.Type, "all"),
        Desired = Value.MapOf(
            ("cluster", new Value.Unknown(HandOffGraph.StarterOf(cluster).Output("clusterId"))),
            ("nodes", new Value.Unknown(nodes.Address.Output("id"))),
            ("machines", new Value.Map(NodesOf(cluster).ToValueMap(node => node, node => (Value)new Value.Unknown(
                ResourceAddress.Of(cluster.Name, MachineHandler.Definition.Type, node).Output("id"))))),
            ("network", Value.ListOf(network.Select(item => (Value)new Value.Unknown(item.Address.Output("id")))))),
        Lifecycle = new Lifecycle { EndsWith = HandOffGraph.StarterOf(cluster), Deadline = DeadlineMax },
    };

    public override Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation) =>
        ShowAsync(request.Desired["cluster"].AsText() ?? "", request.Desired, operation, cancellation);

    public override Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation) =>
        ShowAsync(request.Id, request.Desired, operation, cancellation);

    private async Task<Observed> ShowAsync(
        string id, Value.Map desired, OperationContext operation, CancellationToken cancellation)
    {
        var client = clusters.Find(id)
            ?? throw new ProviderException(ProviderErrorCode.Unavailable, $"the cluster {id} cannot be reached");
        var probe = new NetworkProbe(client, [.. NodesOf(cluster)], time)
        {
            Agent = cluster.Network.Cilium is null ? "flannel" : "cilium",
            IsEncrypted = cluster.Network.EncryptsBetweenHosts,
        };
        await probe.RunAsync(operation, cancellation);
        return Remember(id, desired, Value.MapOf(("id", id)));
    }

    private static IEnumerable<string> NodesOf(Cluster cluster) =>
        cluster.NodePools.Values.SelectMany(pool => pool.NodeNames());
}
