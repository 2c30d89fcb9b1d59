using System.Text.Json.Serialization.Metadata;
using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Hetzner.Wire;

namespace Orrery.Providers.Hetzner.Kinds;

/// <summary>
/// A public IPv4 address that outlives its server. Bound to a location; given to a server when that is made, and free
/// again when it is gone (<c>auto_delete</c> is off).
/// </summary>
internal sealed class PrimaryIpHandler(HetznerServices services)
    : LabelledHandler<PrimaryIpSchema, PrimaryIpReply, PrimaryIpPage>(services), IPriced
{
    public static ResourceKind Definition { get; } = new()
    {
        Type = "hetzner/primary-ip",
        Fields = ValueMap.Of(("type", FieldRule.Replaces), ("location", FieldRule.Replaces)),
        StableOutputs = ["id", "ip"],
    };

    public override ResourceKind Kind => Definition;

    protected override string Path => "primary_ips";

    protected override JsonTypeInfo<PrimaryIpReply> ReplyType => HetznerJson.Default.PrimaryIpReply;

    protected override JsonTypeInfo<PrimaryIpPage> PageType => HetznerJson.Default.PrimaryIpPage;

    public override Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var body = new PrimaryIpCreate(
            request.Name,
            request.Desired["type"].AsText() ?? "",
            "server",
            request.Desired["location"].AsText() ?? "",
            AutoDelete: false,
            OwnerLabels.Of(request.Owner, request.Address));
        return MakeAsync(Body.Of(body, HetznerJson.Default.PrimaryIpCreate), operation, cancellation);
    }

    public Task<decimal?> PricePerMonthAsync(Value.Map desired, CancellationToken cancellation) =>
        Services.Prices.PrimaryIpAsync(
            desired["type"].AsText() ?? "", desired["location"].AsText() ?? "", cancellation);

    protected override Observed Observe(PrimaryIpSchema address) => Observed(
        address,
        Value.MapOf(("type", address.Type), ("location", address.Location.Name)),
        Value.MapOf(("ip", address.Ip)));
}
