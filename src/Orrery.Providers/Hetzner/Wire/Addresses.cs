namespace Orrery.Providers.Hetzner.Wire;

/// <summary>A primary IP as Hetzner shows it: an address of one server at a time, bound to a location.</summary>
internal sealed record PrimaryIpSchema(
    long Id, string Name, string Ip, string Type, LocationSchema Location, Dictionary<string, string> Labels,
    long? AssigneeId = null) : ILabelled;

/// <summary>One primary IP.</summary>
internal sealed record PrimaryIpReply(PrimaryIpSchema PrimaryIp, ActionSchema? Action = null) : IReply<PrimaryIpSchema>
{
    PrimaryIpSchema IReply<PrimaryIpSchema>.Item => PrimaryIp;

    IReadOnlyList<ActionSchema> IReply<PrimaryIpSchema>.Started => Wire.Started.Of(Action);
}

/// <summary>Primary IPs, as <c>GET /primary_ips</c> lists them.</summary>
internal sealed record PrimaryIpPage(IReadOnlyList<PrimaryIpSchema> PrimaryIps, MetaSchema Meta)
    : IPage<PrimaryIpSchema>
{
    IReadOnlyList<PrimaryIpSchema> IPage<PrimaryIpSchema>.Items => PrimaryIps;
}

/// <summary>
/// The body of <c>POST /primary_ips</c>; <c>datacenter</c> is deprecated in favour of <c>location</c>.
/// </summary>
internal sealed record PrimaryIpCreate(
    string Name, string Type, string AssigneeType, string Location, bool AutoDelete, Dictionary<string, string> Labels);

/// <summary>A floating IP as Hetzner shows it: an address that moves between servers of any location.</summary>
internal sealed record FloatingIpSchema(
    long Id, string Name, string Ip, string Type, LocationSchema HomeLocation, Dictionary<string, string> Labels,
    long? Server = null) : ILabelled;

/// <summary>One floating IP.</summary>
internal sealed record FloatingIpReply(FloatingIpSchema FloatingIp, ActionSchema? Action = null)
    : IReply<FloatingIpSchema>
{
    FloatingIpSchema IReply<FloatingIpSchema>.Item => FloatingIp;

    IReadOnlyList<ActionSchema> IReply<FloatingIpSchema>.Started => Wire.Started.Of(Action);
}

/// <summary>Floating IPs, as <c>GET /floating_ips</c> lists them.</summary>
internal sealed record FloatingIpPage(IReadOnlyList<FloatingIpSchema> FloatingIps, MetaSchema Meta)
    : IPage<FloatingIpSchema>
{
    IReadOnlyList<FloatingIpSchema> IPage<FloatingIpSchema>.Items => FloatingIps;
}

/// <summary>The body of <c>POST /floating_ips</c>.</summary>
internal sealed record FloatingIpCreate(
    string Name, string Type, string HomeLocation, Dictionary<string, string> Labels);

/// <summary>The body of <c>assign</c>.</summary>
internal sealed record FloatingIpAssign(long Server);
