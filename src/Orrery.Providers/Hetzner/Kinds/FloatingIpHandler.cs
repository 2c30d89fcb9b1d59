using System.Text.Json.Serialization.Metadata;
using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Hetzner.Wire;

namespace Orrery.Providers.Hetzner.Kinds;

/// <summary>
/// A public address that moves between servers. Either one of ours (<c>type</c> and <c>homeLocation</c>) or an
/// existing one that is found by its address (<c>ip</c>) and never made nor deleted.
/// </summary>
internal sealed class FloatingIpHandler(HetznerServices services)
    : LabelledHandler<FloatingIpSchema, FloatingIpReply, FloatingIpPage>(services), IPriced
{
    public static ResourceKind Definition { get; } = new()
    {
        Type = "hetzner/floating-ip",
        Fields = ValueMap.Of(
            ("ip", FieldRule.Replaces), ("type", FieldRule.Replaces), ("homeLocation", FieldRule.Replaces)),
        StableOutputs = ["id", "ip"],
    };

    public override ResourceKind Kind => Definition;

    protected override string Path => "floating_ips";

    protected override JsonTypeInfo<FloatingIpReply> ReplyType => HetznerJson.Default.FloatingIpReply;

    protected override JsonTypeInfo<FloatingIpPage> PageType => HetznerJson.Default.FloatingIpPage;

    public override async Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation)
    {
        if (request.Desired["ip"].AsText() is not { } ip)
            return await base.FindExistingAsync(request, cancellation);

        // Hetzner filters floating IPs by name and label only.
        var all = await ListAsync("", cancellation);
        return all.FirstOrDefault(address => address.Ip == ip) is { } address ? Observe(address) : null;
    }

    public override Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        if (request.Desired["ip"].AsText() is { } ip)
        {
            throw new ProviderException(
                ProviderErrorCode.NotFound,
                $"the floating IP {ip} is not in this project; an address that is to be adopted cannot be made");
        }

        var body = new FloatingIpCreate(
            request.Name,
            request.Desired["type"].AsText() ?? "",
            request.Desired["homeLocation"].AsText() ?? "",
            OwnerLabels.Of(request.Owner, request.Address));
        return MakeAsync(Body.Of(body, HetznerJson.Default.FloatingIpCreate), operation, cancellation);
    }

    /// <summary>An adopted address costs what it cost before: its price is not ours to tell.</summary>
    public async Task<decimal?> PricePerMonthAsync(Value.Map desired, CancellationToken cancellation) =>
        desired["type"].AsText() is { } type && desired["homeLocation"].AsText() is { } location
            ? await Services.Prices.FloatingIpAsync(type, location, cancellation)
            : null;

    protected override Observed Observe(FloatingIpSchema address) => Observed(
        address,
        Value.MapOf(("ip", address.Ip), ("type", address.Type), ("homeLocation", address.HomeLocation.Name)),
        Value.MapOf(("ip", address.Ip)));

    protected override Task ReleaseAsync(
        FloatingIpSchema current, OperationContext operation, CancellationToken cancellation) =>
        current.Server is null
            ? Task.CompletedTask
            : ActAsync(ActionOf(current, "unassign"), operation, cancellation);
}
