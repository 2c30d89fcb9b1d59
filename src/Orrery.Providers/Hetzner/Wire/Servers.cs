namespace Orrery.Providers.Hetzner.Wire;

/// <summary>A server as Hetzner shows it.</summary>
internal sealed record ServerSchema(
    long Id, string Name, string Status, LocationSchema Location, NamedSchema ServerType, PublicNetSchema PublicNet,
    Dictionary<string, string> Labels, ImageNameSchema? Image = null) : ILabelled;

/// <summary>Something with a name.</summary>
internal sealed record NamedSchema(string Name);

/// <summary>The image that a server was made from; snapshots have no name.</summary>
internal sealed record ImageNameSchema(string? Name = null);

/// <summary>What of a server faces the internet.</summary>
internal sealed record PublicNetSchema(
    PublicAddressSchema? Ipv4 = null, PublicAddressSchema? Ipv6 = null,
    IReadOnlyList<long>? FloatingIps = null, IReadOnlyList<ReferenceSchema>? Firewalls = null);

/// <summary>A public address with the id of its primary IP.</summary>
internal sealed record PublicAddressSchema(string Ip, long? Id = null);

/// <summary>One server.</summary>
internal sealed record ServerReply(
    ServerSchema Server, ActionSchema? Action = null, IReadOnlyList<ActionSchema>? NextActions = null)
    : IReply<ServerSchema>
{
    ServerSchema IReply<ServerSchema>.Item => Server;

    IReadOnlyList<ActionSchema> IReply<ServerSchema>.Started => Wire.Started.Of(Action, NextActions);
}

/// <summary>Servers, as <c>GET /servers</c> lists them.</summary>
internal sealed record ServerPage(IReadOnlyList<ServerSchema> Servers, MetaSchema Meta) : IPage<ServerSchema>
{
    IReadOnlyList<ServerSchema> IPage<ServerSchema>.Items => Servers;
}

/// <summary>The body of <c>POST /servers</c>.</summary>
internal sealed record ServerCreate
{
    public required string Name { get; init; }

    public required string ServerType { get; init; }

    public required string Image { get; init; }

    public required string Location { get; init; }

    public required Dictionary<string, string> Labels { get; init; }

    /// <summary>Ids or names; ids are sent, as text.</summary>
    public required IReadOnlyList<string> SshKeys { get; init; }

    public required IReadOnlyList<ServerFirewall> Firewalls { get; init; }

    public required ServerPublicNet PublicNet { get; init; }

    public string? UserData { get; init; }

    public bool StartAfterCreate { get; init; } = true;
}

/// <summary>A firewall that protects the server from its first packet on.</summary>
internal sealed record ServerFirewall(long Firewall);

/// <summary>Which public addresses a new server gets; an id names an existing primary IP.</summary>
internal sealed record ServerPublicNet(bool EnableIpv4, bool EnableIpv6, long? Ipv4);
