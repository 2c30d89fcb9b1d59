using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Machines.Kinds;

namespace Orrery.Providers.Talos.Kinds;

/// <summary>
/// That KubeSpan connects every machine of a cluster with every other one, as each of them says. Making it waits for
/// that. It is shown again where that may have changed: with another machine, or one more or less. It needs no
/// Kubernetes, and is asked while that begins: where it is wanting, control planes do not find each other either.
/// </summary>
internal sealed class KubeSpanHandler(TalosNodes nodes) : RememberedHandler
{
    private const string Addresses = "addresses";

    /// <summary>
    /// A machine looks at its peers every 30 seconds, and tries one that is down at its next address then:
    /// internal/app/machined/pkg/controllers/kubespan/manager.go in Talos' source.
    /// </summary>
    private static readonly TimeSpan ConnectedMax = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan AskInterval = TimeSpan.FromSeconds(2);

    /// <summary>Machines that are asked for the last time may be slow to answer.</summary>
    public static TimeSpan DeadlineMax { get; } = ConnectedMax + TimeSpan.FromMinutes(2);

    public static ResourceKind Definition { get; } = new()
    {
        Type = "talos/kubespan",
        Fields = ValueMap.Of(
            ("cluster", FieldRule.Replaces),
            ("machines", FieldRule.Updates),
            (Addresses, FieldRule.CreateOnly),
            (TalosNodes.Authority, FieldRule.CreateOnly),
            (TalosNodes.ClientCertificate, FieldRule.CreateOnly),
            (TalosNodes.ClientKey, FieldRule.CreateOnly with { WriteOnly = true })),
        HasGenerations = false,
        TypicalDuration = TimeSpan.FromSeconds(30),
    };

    public override ResourceKind Kind => Definition;

    public override Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation) =>
        ShowAsync(request.Desired["cluster"].AsText() ?? "", request.Desired, operation, cancellation);

    public override Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation) =>
        ShowAsync(request.Id, request.Desired, operation, cancellation);

    private async Task<Observed> ShowAsync(
        string id, Value.Map desired, OperationContext operation, CancellationToken cancellation)
    {
        var since = nodes.Time.GetTimestamp();
        while (true)
        {
            var seen = KubeSpanGaps.Of(await Task.WhenAll(((Value.Map)desired[Addresses]).Fields.Select(node =>
                AskAsync(node.Key, node.Value.AsText() ?? "", desired, operation, cancellation))));
            if (seen.IsWhole)
                return Remember(id, desired, Value.MapOf(("id", id)));
            if (nodes.Time.GetElapsedTime(since) > ConnectedMax)
                throw new ProviderException(ProviderErrorCode.Stalled, seen.Explain());
            operation.Waiting(new WaitState("KubeSpan connects all machines", seen.Summary));
            await Task.Delay(AskInterval, nodes.Time, cancellation);
        }
    }

    private async Task<MachinePeers> AskAsync(
        string node, string address, Value.Map desired, OperationContext operation, CancellationToken cancellation)
    {
        try
        {
            var client = nodes.Configured(address, desired, operation);
            return new MachinePeers(node, await client.KubeSpanPeersAsync(cancellation), null);
        }
        catch (ProviderException refusal) when (refusal.IsTransient)
        {
            return new MachinePeers(node, [], refusal.Message);
        }
    }
}
