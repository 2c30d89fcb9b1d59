using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Machines.Kinds;
using Orrery.Providers.Talos.Upgrades;

namespace Orrery.Providers.Talos.Kinds;

/// <summary>
/// The beginning of a cluster: etcd on the first control plane, exactly once. Before it asks, it looks whether any
/// control plane has members already, so that a lost reply or another first machine never begins a second one. What it
/// shall hold is brought to the machine before.
/// </summary>
internal sealed class BootstrapHandler(TalosNodes nodes, EtcdSnapshots etcd) : RememberedHandler
{
    private const string Addresses = "addresses";

    public static ResourceKind Definition { get; } = new()
    {
        Type = "talos/bootstrap",
        Fields = ValueMap.Of(
            ("cluster", FieldRule.Replaces),

            // All control planes; the first is where it begins. One that is replaced joins the others.
            (Addresses, FieldRule.CreateOnly),
            (TalosNodes.Authority, FieldRule.CreateOnly),
            (TalosNodes.ClientCertificate, FieldRule.CreateOnly),
            (TalosNodes.ClientKey, FieldRule.CreateOnly with { WriteOnly = true })),
        StableOutputs = ["id", TalosNodes.Address],
        Ephemeral = true,
        TypicalDuration = TimeSpan.FromSeconds(60),
    };

    public override ResourceKind Kind => Definition;

    public override async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var desired = request.Desired;
        var first = AddressesIn(desired)[0];
        await nodes.UntilAsync(
            "etcd begins",
            async () => (await BeginAsync(desired, first, operation, cancellation), "the machine is not that far yet"),
            operation, cancellation);
        return Remember(IdOf(desired), desired, OutputsOf(desired, first), isReady: false);
    }

    /// <summary>A cluster that has begun, whoever began it.</summary>
    public override async Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation)
    {
        var desired = request.Desired;
        if (!AreKnown(
                desired["cluster"], desired[Addresses], desired[TalosNodes.Authority],
                desired[TalosNodes.ClientCertificate], desired[TalosNodes.ClientKey]))
        {
            return null;
        }

        var begun = await MemberAsync(desired, OperationContext.Silent(request.Address), cancellation);
        return begun is null
            ? null
            : Remember(Found(request, IdOf(desired), desired, OutputsOf(desired, begun)));
    }

    /// <summary>
    /// Waits until all control planes are in etcd: before that, one that fails could be one too many.
    /// </summary>
    public override async Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation)
    {
        var begun = await base.AwaitReadyAsync(id, operation, cancellation);
        foreach (var address in AddressesIn(begun.Properties))
        {
            var client = nodes.Configured(address, begun.Outputs, operation);
            await nodes.UntilAsync(
                "all control planes are in etcd",
                async () =>
                {
                    try
                    {
                        var health = await client.EtcdStatusAsync(cancellation);
                        var isIn = health is { LeaderId: not 0, IsLearner: false };
                        return (isIn ? health : null, $"{address} {string.Join("; ", health.Errors)}");
                    }
                    catch (ProviderException refusal) when (refusal.Code == ProviderErrorCode.ActionFailed)
                    {
                        return (null, refusal.Message);
                    }
                },
                operation, cancellation);
        }

        return Remember(begun with { IsReady = true });
    }

    private static string IdOf(Value.Map desired) => desired["cluster"].AsText() ?? "";

    private static ValueList<string> AddressesIn(Value.Map desired) =>
        [.. desired[Addresses].AsList().Select(address => address.AsText() ?? "")];

    private static Value.Map OutputsOf(Value.Map desired, string address) => TalosNodes.AccessOf(
        IdOf(desired), new Value.Map(desired.Fields.With(TalosNodes.Address, address)));

    /// <summary>The address of a control plane that has begun or is a member; null while none is.</summary>
    private async Task<string?> BeginAsync(
        Value.Map desired, string first, OperationContext operation, CancellationToken cancellation)
    {
        if (await MemberAsync(desired, operation, cancellation) is { } member)
            return member;
        try
        {
            var client = nodes.Configured(first, desired, operation);
            if (etcd.Beginning is { } snapshot)
                await client.EtcdRecoverAsync(snapshot, cancellation);
            await client.BootstrapAsync(recovers: etcd.Beginning is not null, cancellation);
            return first;
        }
        catch (ProviderException refusal) when (refusal.Code == ProviderErrorCode.Conflict)
        {
            return first;
        }
        catch (ProviderException refusal) when (refusal.Code == ProviderErrorCode.ActionFailed)
        {
            // Its volumes are not ready yet, and nothing was begun.
            return null;
        }
    }

    private async Task<string?> MemberAsync(
        Value.Map desired, OperationContext operation, CancellationToken cancellation)
    {
        foreach (var address in AddressesIn(desired))
        {
            var client = nodes.Configured(address, desired, operation);
            if (await TalosNodes.TryAsync(() => client.EtcdStatusAsync(cancellation)) is { MemberId: not 0 })
                return address;
        }

        return null;
    }
}
