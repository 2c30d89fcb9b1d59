namespace Orrery.Providers.Hetzner.Wire;

/// <summary>A firewall as Hetzner shows it.</summary>
internal sealed record FirewallSchema(
    long Id, string Name, IReadOnlyList<FirewallRuleSchema> Rules,
    Dictionary<string, string>? Labels = null) : ILabelled
{
    Dictionary<string, string> ILabelled.Labels => Labels ?? [];
}

/// <summary>One rule; <c>port</c> is there for tcp and udp only.</summary>
internal sealed record FirewallRuleSchema(
    string Direction, string Protocol, IReadOnlyList<string>? SourceIps = null, string? Port = null,
    string? Description = null);

/// <summary>One firewall.</summary>
internal sealed record FirewallReply(FirewallSchema Firewall, IReadOnlyList<ActionSchema>? Actions = null)
    : IReply<FirewallSchema>
{
    FirewallSchema IReply<FirewallSchema>.Item => Firewall;

    IReadOnlyList<ActionSchema> IReply<FirewallSchema>.Started => Actions ?? [];
}

/// <summary>Firewalls, as <c>GET /firewalls</c> lists them.</summary>
internal sealed record FirewallPage(IReadOnlyList<FirewallSchema> Firewalls, MetaSchema Meta) : IPage<FirewallSchema>
{
    IReadOnlyList<FirewallSchema> IPage<FirewallSchema>.Items => Firewalls;
}

/// <summary>The body of <c>POST /firewalls</c>.</summary>
internal sealed record FirewallCreate(
    string Name, IReadOnlyList<FirewallRuleSchema> Rules, Dictionary<string, string> Labels);

/// <summary>The body of <c>set_rules</c>.</summary>
internal sealed record FirewallSetRules(IReadOnlyList<FirewallRuleSchema> Rules);

/// <summary>The body of <c>apply_to_resources</c>.</summary>
internal sealed record FirewallApply(IReadOnlyList<FirewallResourceSchema> ApplyTo);

/// <summary>The body of <c>remove_from_resources</c>.</summary>
internal sealed record FirewallRemove(IReadOnlyList<FirewallResourceSchema> RemoveFrom);

/// <summary>A server that a firewall protects.</summary>
internal sealed record FirewallResourceSchema(string Type, ReferenceSchema Server);
