using System.Text.Json.Nodes;
using Orrery.Simulation.Faults;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.K3s.Workloads;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Networks;

/// <summary>What becomes of a connection.</summary>
internal enum PacketFate
{
    /// <summary>Somebody listens there.</summary>
    Answered,

    /// <summary>The packets arrive, and nobody listens.</summary>
    Refused,

    /// <summary>Nothing comes back.</summary>
    Lost,
}

/// <summary>
/// The network of a cluster's pods. Packets pass between nodes whose agents work, and which reach each other; services
/// have addresses that the agent of the sender's node knows.
/// </summary>
public sealed class PodNetwork
{
    private readonly SimulatedCluster _cluster;
    private readonly HashSet<string> _broken = new(StringComparer.Ordinal);
    private readonly HashSet<(string From, string To)> _cut = [];

    internal PodNetwork(SimulatedCluster cluster) => _cluster = cluster;

    private ClusterStore Store => _cluster.Store;

    /// <summary>The agent of a node says that it is well, and passes on no packet.</summary>
    public void Break(string node) => _broken.Add(node);

    /// <summary>No packet comes from a node to another one; the other way goes on.</summary>
    public void Cut(string from, string to) => _cut.Add((from, to));

    /// <summary>All is well again.</summary>
    public void Mend()
    {
        _broken.Clear();
        _cut.Clear();
    }

    /// <summary>A connection from a pod to an address of a pod or a service.</summary>
    internal PacketFate Connect(JsonObject from, string address, int port)
    {
        var node = from.TextAt("spec", "nodeName") ?? "";
        if (!Works(node))
            return PacketFate.Lost;
        var service = Store.PeekAll("v1", "Service")
            .FirstOrDefault(each => each.TextAt("spec", "clusterIP") == address);
        if (service is null)
            return ToPod(node, address, port);
        if (!service.At("spec", "ports").Items().Any(each => each.At("port").Number() == port))
            return PacketFate.Lost;
        // As services without endpoints: https://kubernetes.io/docs/reference/networking/virtual-ips.
        var targets = EndpointsOf(service).ToList();
        if (targets.Count == 0)
            return PacketFate.Refused;
        var hash = StableHash.Of(_cluster.Seed).And(from.Uid()).And(address).And((ulong)_cluster.Agenda.Now.Ticks);
        var (target, targetPort) = targets[(int)(hash.Value % (ulong)targets.Count)];
        return ToPod(node, target, targetPort);
    }

    private PacketFate ToPod(string from, string address, int port)
    {
        var pod = Store.PeekAll("v1", "Pod").FirstOrDefault(each =>
            each.TextAt("status", "podIP") == address && !each.IsFinished());
        var node = pod.TextAt("spec", "nodeName") ?? "";
        if (pod is null || (node != from && !(Works(node) && Passes(from, node) && Passes(node, from))))
            return PacketFate.Lost;
        return pod.IsReady() && Ports(pod).Contains(port) ? PacketFate.Answered : PacketFate.Refused;
    }

    // kubelet says that a node is ready once its agent is.
    private bool Works(string node) => !_broken.Contains(node)
        && Store.Peek("v1", "Node", "", node).Condition("Ready") == "True";

    private bool Passes(string from, string to) => !_cut.Contains((from, to));

    private IEnumerable<(string Address, int Port)> EndpointsOf(JsonObject service) =>
        from slice in Store.PeekAll("discovery.k8s.io/v1", "EndpointSlice", service.Namespace())
        where slice.TextAt("metadata", "labels", "kubernetes.io/service-name") == service.Name()
        let port = (int)(slice["ports"].Items().FirstOrDefault().At("port").Number() ?? 0)
        from endpoint in slice["endpoints"].Items()
        where endpoint.At("conditions", "ready").IsTrue()
        from address in endpoint["addresses"] as JsonArray ?? []
        select (address.Text() ?? "", port);

    // What a container declares is taken for what it listens at.
    private static IEnumerable<int> Ports(JsonObject pod) => pod.At("spec", "containers").Items()
        .SelectMany(container => container["ports"].Items())
        .Select(port => (int)(port.At("containerPort").Number() ?? 0));
}
