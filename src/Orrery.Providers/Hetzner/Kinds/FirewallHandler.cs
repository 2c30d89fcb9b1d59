using System.Text.Json.Serialization.Metadata;
using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Hetzner.Wire;

namespace Orrery.Providers.Hetzner.Kinds;

/// <summary>
/// What may come in to the servers that carry it. Only incoming rules: any outgoing one would deny all other outgoing
/// traffic. Servers name their firewalls, so that they are protected from their first packet on.
/// </summary>
internal sealed class FirewallHandler(HetznerServices services)
    : LabelledHandler<FirewallSchema, FirewallReply, FirewallPage>(services)
{
    public static ResourceKind Definition { get; } = new()
    {
        Type = "hetzner/firewall",
        Fields = ValueMap.Of(("rules", FieldRule.Updates with { Unordered = true })),
    };

    public override ResourceKind Kind => Definition;

    protected override string Path => "firewalls";

    protected override JsonTypeInfo<FirewallReply> ReplyType => HetznerJson.Default.FirewallReply;

    protected override JsonTypeInfo<FirewallPage> PageType => HetznerJson.Default.FirewallPage;

    public override Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var labels = OwnerLabels.Of(request.Owner, request.Address);
        var body = new FirewallCreate(request.Name, ToWire(request.Desired["rules"]), labels);
        return MakeAsync(Body.Of(body, HetznerJson.Default.FirewallCreate), operation, cancellation);
    }

    /// <summary>One rule as a value; sources sorted, as their order has no meaning.</summary>
    public static Value.Map Rule(string name, string protocol, string? port, IEnumerable<string> from) => Value.MapOf(
        ("name", name),
        ("protocol", protocol),
        ("port", port is null ? Value.Null.Instance : port),
        ("from", Value.ListOf(from.Order(StringComparer.Ordinal).Select(source => (Value)source))));

    protected override Observed Observe(FirewallSchema firewall) => Observed(
        firewall,
        Value.MapOf(("rules", Value.ListOf(
            firewall.Rules.OrderBy(rule => rule.Description, StringComparer.Ordinal).Select(FromWire)))),
        Value.Map.Empty);

    protected override Task ChangeAsync(
        FirewallSchema current, Value.Map desired, OperationContext operation, CancellationToken cancellation)
    {
        if (Observe(current).Properties["rules"] == desired["rules"])
            return Task.CompletedTask;
        var body = Body.Of(new FirewallSetRules(ToWire(desired["rules"])), HetznerJson.Default.FirewallSetRules);
        return ActAsync(ActionOf(current, "set_rules"), body, operation, cancellation);
    }

    private static FirewallRuleSchema[] ToWire(Value rules) =>
        [.. rules.AsList().OfType<Value.Map>().Select(rule => new FirewallRuleSchema(
            "in",
            rule["protocol"].AsText() ?? "",
            [.. rule["from"].AsList().Select(source => source.AsText() ?? "")],
            rule["port"].AsText(),
            rule["name"].AsText()))];

    // An outgoing rule that a person added shows as a rule we do not know, and so as a difference.
    private static Value FromWire(FirewallRuleSchema rule)
    {
        var known = Rule(rule.Description ?? "", rule.Protocol, rule.Port, rule.SourceIps ?? []);
        return rule.Direction == "in" ? known : new Value.Map(known.Fields.With("direction", rule.Direction));
    }
}
