using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Machines.Kinds;

namespace Orrery.Providers.Talos.Kinds;

/// <summary>
/// The API server of a cluster that has begun, where everybody reaches it. Making it waits until it answers, and says
/// which cluster it is: the uid of its namespace kube-system.
/// </summary>
internal sealed class ApiServerHandler(TalosNodes nodes) : RememberedHandler
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    public static ResourceKind Definition { get; } = new()
    {
        Type = "talos/api-server",
        Fields = ValueMap.Of(
            ("bootstrap", FieldRule.Replaces),
            ("server", FieldRule.Replaces),

            // The cluster is there as long as one of them is.
            ("machines", FieldRule.CreateOnly),
            ("authority", FieldRule.CreateOnly),
            ("adminCertificate", FieldRule.CreateOnly),
            ("adminKey", FieldRule.CreateOnly with { WriteOnly = true })),
        StableOutputs = ["id", "clusterId", "server", "machines"],
        Ephemeral = true,
        TypicalDuration = TimeSpan.FromSeconds(40),
    };

    public override ResourceKind Kind => Definition;

    public override async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var desired = request.Desired;
        using var wire = Open(desired);
        var client = ClientOf(wire, desired);
        while (true)
        {
            try
            {
                if (await client.ClusterIdAsync(operation, cancellation) is { } uid)
                    return Remember(uid, desired, OutputsOf(uid, desired));
                operation.Waiting(new WaitState("the API server answers", "it has no namespace kube-system yet"));
            }
            catch (ProviderException refusal) when (refusal.IsTransient)
            {
                operation.Waiting(new WaitState("the API server answers", refusal.Message));
            }

            await Task.Delay(Interval, nodes.Time, cancellation);
        }
    }

    /// <summary>One that answers; asked once.</summary>
    public override async Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation)
    {
        var desired = request.Desired;
        if (!AreKnown(desired["bootstrap"], desired["server"], desired["machines"], desired["adminKey"]))
            return null;
        using var wire = Open(desired);
        var client = ClientOf(wire, desired);
        var silent = OperationContext.Silent(request.Address);
        var uid = await TalosNodes.TryAsync(async () => await client.ClusterIdAsync(silent, cancellation) ?? "");
        return uid is { Length: > 0 } ? Remember(Found(request, uid, desired, OutputsOf(uid, desired))) : null;
    }

    private HttpMessageHandler Open(Value.Map desired) => nodes.Connector.Open(new Connection
    {
        Server = ServerOf(desired),
        CertificateAuthority = desired["authority"].AsText(),
        ClientCertificate = desired["adminCertificate"].AsText(),
        ClientKey = desired["adminKey"].AsText(),
    });

    private KubernetesClient ClientOf(HttpMessageHandler wire, Value.Map desired) => KubernetesClient.Create(
        nodes.Environment, wire, new KubernetesAccess(ServerOf(desired).Host, ServerOf(desired)),
        asksOnce: true);

    private static Uri ServerOf(Value.Map desired) => new(desired["server"].AsText() ?? "https://invalid");

    private static Value.Map OutputsOf(string uid, Value.Map desired) => Value.MapOf(
        ("id", uid), ("clusterId", uid), ("server", desired["server"]), ("machines", desired["machines"]));
}
