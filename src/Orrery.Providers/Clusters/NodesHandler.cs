using System.Diagnostics.CodeAnalysis;
using Orrery.Engine.Ports;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Clusters.Rebuilds;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Kubernetes.Watching;

namespace Orrery.Providers.Clusters;

/// <summary>
/// That all declared nodes of a cluster are there and ready. Making it waits for that, and meanwhile approves the
/// serving certificates that their kubelets ask for, until a controller in the cluster does: see
/// <see cref="KubeletServing"/>. Nodes that were stopped take pods again: see <see cref="Standstill"/>.
/// </summary>
/// <param name="cluster">Declares the nodes.</param>
internal sealed class NodesHandler(
    Cluster cluster, KnownClusters clusters, ReachedObjects reached, TimeProvider time)
    : ClusterHandler(clusters, reached)
{
    private static readonly ApiKind Node = ApiKind.Of("v1", "Node");
    private static readonly ApiKind Request = ApiKind.Of("certificates.k8s.io/v1", "CertificateSigningRequest");
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Images of the network's agents come from afar; a first boot takes minutes by itself.</summary>
    private static readonly TimeSpan ReadyMax = TimeSpan.FromMinutes(15);

    private readonly ValueMap<ValueList<string>> _declared = ValueMap.From(
        from pool in cluster.NodePools.Values
        from node in pool.NodeNames().Index()
        select KeyValuePair.Create(node.Item, AddressOf(pool, node.Index)));

    public static ResourceKind Definition { get; } = new()
    {
        Type = "kubernetes/nodes",
        Fields = ValueMap.Of(
            ("cluster", FieldRule.Replaces),
            ("notReady", FieldRule.Updates),
            ("withoutCertificate", FieldRule.Updates)),
        HasGenerations = false,
        TypicalDuration = TimeSpan.FromMinutes(1),
    };

    public override ResourceKind Kind => Definition;

    /// <summary>One for a cluster whose nodes come up by themselves; K3s says of its own when it is ready.</summary>
    public static IEnumerable<Resource> Of(Cluster cluster) => cluster.Distribution is not Distribution.Talos
        ? []
        :
        [
            new Resource
            {
                Address = ResourceAddress.Of(cluster.Name, Definition.Type, "all"),
                Desired = Value.MapOf(
                    ("cluster", new Value.Unknown(HandOffGraph.StarterOf(cluster).Output("clusterId"))),
                    ("notReady", Value.ListOf([])),
                    ("withoutCertificate", Value.ListOf([]))),
                Lifecycle = new Lifecycle { EndsWith = HandOffGraph.StarterOf(cluster), Deadline = ReadyMax },
            },
        ];

    public override Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        ReadAsync(request.Desired["cluster"].AsText() ?? "", cancellation);

    public override Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation) =>
        AwaitReadyAsync(request.Desired["cluster"].AsText() ?? "", operation, cancellation);

    /// <summary>A rebuild that died before it took anything away has left its nodes stopped.</summary>
    public override async Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        await Standstill.ReleaseAllAsync(ClientOf(request.Id), cancellation);
        return await AwaitReadyAsync(request.Id, operation, cancellation);
    }

    public override async Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation)
    {
        var client = ClientOf(id);
        while (true)
        {
            try
            {
                var seen = await LookAsync(client, cancellation);
                foreach (var request in seen.Approvable)
                    await client.ApproveAsync(request, operation, cancellation);
                foreach (var node in seen.Releasable)
                    await Standstill.ReleaseAsync(client, node, cancellation);
                if (seen.IsReady)
                    return Observe(id, seen);
                operation.Waiting(new WaitState("all nodes are ready", seen.Text));
            }
            catch (ProviderException refusal) when (refusal.IsTransient)
            {
                operation.Waiting(new WaitState("all nodes are ready", refusal.Message));
            }
            catch (ProviderException refusal) when (refusal.Code == ProviderErrorCode.Conflict)
            {
                // Somebody else has answered the request meanwhile; the next look sees it.
            }

            await Task.Delay(Interval, time, cancellation);
        }
    }

    protected override async Task<Observed?> LookAsync(
        string id, KubernetesClient client, CancellationToken cancellation) =>
        Observe(id, await LookAsync(client, cancellation));

    private async Task<Seen> LookAsync(KubernetesClient client, CancellationToken cancellation)
    {
        var nodes = await client.ListAsync(Node, ListScope.Everything, cancellation);
        var requests = await client.ListAsync(Request, ListScope.Everything, cancellation);
        var pending = requests.Where(KubeletServing.IsPending)
            .ToLookup(request => KubeletServing.Refusal(request, _declared));
        return new Seen(
            [
                .. from name in _declared.Keys
                   let node = nodes.FirstOrDefault(node => node.Name == name)
                   where !IsReady(node) || Standstill.IsStopped(node)
                   select (name, WhyNot(node)),
            ],
            [.. nodes.Where(node => Standstill.IsStopped(node) && !Standstill.IsOld(node) && IsReady(node))],
            [.. pending[null]],
            [.. pending.Where(group => group.Key is not null).Select(group => group.Key ?? "")]);
    }

    /// <summary>What nobody may approve is no reason to wait: it is told, and stays as it is.</summary>
    private static Observed Observe(string id, Seen seen) => Observe(
        id, seen.IsReady,
        ("notReady", Value.ListOf(seen.NotReady.Select(node => (Value)node.Name))),
        ("withoutCertificate", Value.ListOf(
            seen.Approvable.Select(request => (Value)request.Name).OrderBy(name => name.AsText()))));

    private static bool IsReady([NotNullWhen(true)] KubernetesObject? node) =>
        node?.Condition("Ready") is { IsTrue: true };

    private static string WhyNot(KubernetesObject? node) =>
        node is null ? "it has not joined yet"
        : Standstill.IsStopped(node) && Standstill.IsOld(node) ? "it has not come back yet"
        : IsReady(node) ? "it takes no pods yet"
        : node.Condition("Ready")?.Message ?? "it has not joined yet";

    private static ValueList<string> AddressOf(NodePool pool, int index) =>
        index < pool.Addresses.Count ? [pool.Addresses[index]] : [];

    /// <param name="NotReady">Declared nodes, and what they lack.</param>
    /// <param name="Releasable">Nodes that were stopped and have come back.</param>
    /// <param name="Approvable">Requests for certificates that may be approved.</param>
    /// <param name="Refused">Why others may not.</param>
    private sealed record Seen(
        IReadOnlyList<(string Name, string Why)> NotReady, IReadOnlyList<KubernetesObject> Releasable,
        IReadOnlyList<KubernetesObject> Approvable, IReadOnlyList<string> Refused)
    {
        public bool IsReady => NotReady.Count == 0 && Approvable.Count == 0;

        public string Text => string.Join("; ", [.. NotReady.Select(node => $"{node.Name}: {node.Why}"), .. Refused]);
    }
}
