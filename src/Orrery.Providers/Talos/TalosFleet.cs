using Orrery.Engine.Ports;
using Orrery.Model.Plans;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.Kubernetes.Configuration;
using Orrery.Providers.Talos.Api;
using Orrery.Providers.Talos.Kinds;

namespace Orrery.Providers.Talos;

/// <summary>
/// The declared machines of one cluster as the others of a machine that changes: what their etcd says, and the API
/// server as an administrator whom a control plane names.
/// </summary>
/// <param name="nodes">Opens clients.</param>
/// <param name="machines">All that are declared.</param>
internal sealed class TalosFleet(TalosNodes nodes, IReadOnlyList<TalosPlace> machines)
{
    /// <summary>In order of the pools.</summary>
    public IReadOnlyList<TalosPlace> Machines => machines;

    public IReadOnlyList<TalosPlace> ControlPlanes { get; } =
        [.. machines.Where(place => place.Pool.Role == NodeRole.ControlPlane)];

    /// <summary>One machine leaves at a time.</summary>
    public SemaphoreSlim Leaving { get; } = new(1);

    public TalosPlace? Find(string node) => machines.FirstOrDefault(place => place.Node == node);

    /// <summary>What the state says of a machine; null where it is not there.</summary>
    public static RecordedResource? RecordOf(Cluster cluster, Recorded recorded, TalosPlace place)
    {
        var address = ResourceAddress.Of(cluster.Name, MachineHandler.Definition.Type, place.Node).Text;
        return recorded.Resources.GetValueOrDefault(address) is { Id: not null } record ? record : null;
    }

    /// <summary>What keeps etcd from being whole, each as a sentence; none where it is.</summary>
    /// <param name="fields">Who we are to the machines.</param>
    /// <param name="without">A node that does not count.</param>
    public async Task<ValueList<string>> EtcdProblemsAsync(
        Value.Map fields, string? without, OperationContext operation, CancellationToken cancellation)
    {
        var problems = new List<string>();
        ValueList<EtcdMemberInfo>? members = null;
        foreach (var place in ControlPlanes.Where(place => place.Node != without))
        {
            var client = nodes.Configured(place.Address, fields, operation);
            try
            {
                var health = await client.EtcdStatusAsync(cancellation);
                if (health.LeaderId == 0 || health.IsLearner || health.Errors.Count > 0)
                    problems.Add($"etcd on {place.Node}: {Words(health)}");
                else
                    members ??= await client.EtcdMembersAsync(cancellation);
            }
            catch (ProviderException refusal) when (refusal.Code != ProviderErrorCode.NotWriter)
            {
                problems.Add($"etcd on {place.Node}: {refusal.Message}");
            }
        }

        problems.AddRange(members?.Where(member => member.IsLearner && member.Hostname != without)
            .Select(member => $"etcd has the member {member.Hostname}, which only listens yet") ?? []);
        var twice = members?.GroupBy(member => member.Hostname, StringComparer.Ordinal)
            .FirstOrDefault(same => same.Count() > 1);
        if (twice is not null)
            problems.Add($"etcd has two members called {twice.Key}");

        return problems.ToValueList();
    }

    /// <summary>
    /// Takes a machine's member out of etcd that it can no longer take out itself; nothing where nobody has etcd.
    /// </summary>
    public async Task ForgetMemberAsync(
        string node, Value.Map fields, OperationContext operation, CancellationToken cancellation)
    {
        foreach (var place in ControlPlanes.Where(place => place.Node != node))
        {
            var client = nodes.Configured(place.Address, fields, operation);
            if (await MembersAsync(client, cancellation) is not { } members)
                continue;
            foreach (var member in members.Where(member => member.Hostname == node))
            {
                operation.Waiting(new WaitState("etcd forgets the member that is gone", node));
                try
                {
                    await client.RemoveEtcdMemberAsync(member.Id, cancellation);
                }
                catch (ProviderException refusal) when (refusal.Code == ProviderErrorCode.NotFound)
                {
                    // Somebody else was faster.
                }
            }

            return;
        }
    }

    /// <summary>The members of etcd by the first control plane that knows them; null where none does.</summary>
    public async Task<IReadOnlyList<EtcdMemberInfo>?> MembersAsync(
        Value.Map fields, OperationContext operation, CancellationToken cancellation)
    {
        foreach (var place in ControlPlanes)
        {
            var client = nodes.Configured(place.Address, fields, operation);
            if (await MembersAsync(client, cancellation) is { } members)
                return members;
        }

        return null;
    }

    /// <summary>
    /// Uses the API server of the cluster as administrator; null where no other control plane answers.
    /// </summary>
    /// <param name="without">A node that is not asked while another one answers.</param>
    public async Task<ClusterAccess?> OpenAsync(
        Value.Map fields, string without, OperationContext operation, CancellationToken cancellation)
    {
        foreach (var place in ControlPlanes.OrderBy(place => place.Node == without))
        {
            var client = nodes.Configured(place.Address, fields, operation);
            if (await TalosNodes.TryAsync(() => client.KubeconfigAsync(cancellation)) is not { } text)
                continue;
            var access = await Kubeconfig.Read(text, place.Node).OpenAsync(
                null, new KubeconfigSurroundings(static _ => null, NoPrograms.Instance, nodes.Time), cancellation);
            return new ClusterAccess(nodes, access.Connection, operation);
        }

        return null;
    }

    private static Task<IReadOnlyList<EtcdMemberInfo>?> MembersAsync(
        TalosClient client, CancellationToken cancellation) =>
        TalosNodes.TryAsync<IReadOnlyList<EtcdMemberInfo>>(
            async () => [.. await client.EtcdMembersAsync(cancellation)]);

    private static string Words(EtcdHealth health) =>
        health.IsLearner ? "only listens yet"
        : health.Errors.Count > 0 ? string.Join("; ", health.Errors)
        : "has no leader";

    /// <summary>A kubeconfig of Talos holds a certificate, and needs no program.</summary>
    private sealed class NoPrograms : IProcessRunner
    {
        public static NoPrograms Instance { get; } = new();

        public Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellation) => throw Refusal();

        public Task<IRunningProcess> StartAsync(ProcessRequest request, CancellationToken cancellation) =>
            throw Refusal();

        private static ProviderException Refusal() =>
            new(ProviderErrorCode.Invalid, "a machine's kubeconfig asks for a program");
    }
}
