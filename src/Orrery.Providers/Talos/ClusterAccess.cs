using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Kubernetes.Watching;
using Orrery.Providers.Talos.Kinds;

namespace Orrery.Providers.Talos;

/// <summary>The nodes of a cluster as its API server tells them, and what is done with them there.</summary>
internal sealed class ClusterAccess : IDisposable
{
    private static readonly ApiKind Node = ApiKind.Of("v1", "Node");
    private static readonly ApiKind Pod = ApiKind.Of("v1", "Pod");

    private readonly HttpMessageHandler _wire;
    private readonly OperationContext _operation;

    public ClusterAccess(TalosNodes nodes, Connection connection, OperationContext operation)
    {
        (_wire, _operation) = (nodes.Connector.Open(connection), operation);
        Client = KubernetesClient.Create(
            nodes.Environment, _wire, new KubernetesAccess(connection.Server.Host, connection.Server));
    }

    public KubernetesClient Client { get; }

    public void Dispose() => _wire.Dispose();

    public Task<KubernetesObject?> NodeAsync(string name, CancellationToken cancellation) =>
        Client.FindAsync(new ObjectReference(Node, null, name), _operation, cancellation);

    public Task<IReadOnlyList<KubernetesObject>> NodesAsync(CancellationToken cancellation) =>
        Client.ListAsync(Node, ListScope.Everything, cancellation);

    public Task<KubernetesObject?> PodAsync(string space, string name, CancellationToken cancellation) =>
        Client.FindAsync(new ObjectReference(Pod, space, name), _operation, cancellation);

    /// <summary>Every pod that is bound to a node.</summary>
    public Task<IReadOnlyList<KubernetesObject>> PodsOnAsync(string node, CancellationToken cancellation) =>
        Client.ListAsync(Pod, new ListScope { FieldSelector = $"spec.nodeName={node}" }, cancellation);

    /// <summary>
    /// Nothing new is put there, until <see cref="UncordonAsync"/>; nothing happens where there is no such node.
    /// </summary>
    public Task CordonAsync(string node, CancellationToken cancellation) =>
        ApplyAsync(node, new JsonObject { ["unschedulable"] = true }, cancellation);

    /// <summary>Takes back what <see cref="CordonAsync"/> did; what people have cordoned stays so.</summary>
    public Task UncordonAsync(string node, CancellationToken cancellation) => ApplyAsync(node, null, cancellation);

    public Task DeleteNodeAsync(string node, CancellationToken cancellation) => Client.DeleteAsync(
        new ObjectDeletion(new ObjectReference(Node, null, node)) { Operation = _operation }, cancellation);

    public Task EvictAsync(KubernetesObject pod, CancellationToken cancellation) =>
        Client.EvictAsync(pod.Namespace ?? "default", pod.Name, _operation, cancellation);

    // Under a name of its own, so that server-side apply takes back this and nothing else.
    private async Task ApplyAsync(string node, JsonObject? specification, CancellationToken cancellation)
    {
        if (await NodeAsync(node, cancellation) is null)
            return;
        var manifest = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Node",
            ["metadata"] = new JsonObject { ["name"] = node },
        };
        if (specification is not null)
            manifest["spec"] = specification;
        await Client.ApplyAsync(
            new ApplyRequest(manifest) { Manager = "orrery-drain", Operation = _operation }, cancellation);
    }
}
