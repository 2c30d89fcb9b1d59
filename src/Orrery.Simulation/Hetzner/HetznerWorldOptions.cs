using Orrery.Model.Values;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Hetzner;

/// <summary>What a simulated Hetzner Cloud project is like before the first request arrives.</summary>
public sealed record HetznerWorldOptions
{
    /// <summary>All chance comes of it: identifiers, addresses and jitter.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The only token that the world takes.</summary>
    public string Token { get; init; } = "simulated-hetzner-token";

    /// <summary>The wall clock when the world begins; all timestamps are this plus the virtual time.</summary>
    public DateTimeOffset Epoch { get; init; } = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Where the world's own future stands; its own one by default, advanced with each request.</summary>
    public Agenda? Agenda { get; init; }

    /// <summary>The machines behind the servers; null where servers are only entries of the project.</summary>
    public IServerHost? Host { get; init; }

    public HetznerLimits Limits { get; init; } = new();

    public HetznerLatencies Latencies { get; init; } = new();

    /// <summary>What others of the project (cloud controller, CSI driver, autoscaler) use of the same budget.</summary>
    public int OthersRequestsPerHour { get; init; }

    /// <summary>Machine types that cannot be had, and where.</summary>
    public ValueList<CapacityShortage> Shortages { get; init; } = ValueList<CapacityShortage>.Empty;

    public ValueList<PresetSshKey> SshKeys { get; init; } = ValueList<PresetSshKey>.Empty;

    public ValueList<PresetFloatingIp> FloatingIps { get; init; } = ValueList<PresetFloatingIp>.Empty;

    public ValueList<PresetServer> Servers { get; init; } = ValueList<PresetServer>.Empty;

    public ValueList<PresetVolume> Volumes { get; init; } = ValueList<PresetVolume>.Empty;
}

/// <summary>How much of everything the project may have.</summary>
public sealed record HetznerLimits
{
    // 3600 requests per hour and project, refilled by one each second: https://docs.hetzner.cloud/#rate-limiting
    public int RequestsPerHour { get; init; } = 3600;

    // The account's limits differ from customer to customer; these are assumed, generous enough for a platform.
    public int Servers { get; init; } = 1000;

    public int Volumes { get; init; } = 1000;

    public int PrimaryIps { get; init; } = 2000;

    public int FloatingIps { get; init; } = 100;

    public int Firewalls { get; init; } = 100;

    public int SshKeys { get; init; } = 100;
}

/// <summary>A machine type that cannot be had in a location.</summary>
public sealed record CapacityShortage
{
    /// <summary>For example <c>cx33</c>.</summary>
    public required string ServerType { get; init; }

    /// <summary>For example <c>fsn1</c>; null for everywhere.</summary>
    public string? Location { get; init; }

    /// <summary>When there are machines again; null for never.</summary>
    public TimeSpan? Until { get; init; }
}

/// <summary>An SSH key that somebody uploaded before.</summary>
public sealed record PresetSshKey
{
    public required string Name { get; init; }

    /// <summary>As in an <c>authorized_keys</c> file.</summary>
    public required string PublicKey { get; init; }

    public ValueMap<string> Labels { get; init; } = ValueMap<string>.Empty;
}

/// <summary>A floating IP that is there before, for example one that is adopted.</summary>
public sealed record PresetFloatingIp
{
    public required string Name { get; init; }

    public required string Address { get; init; }

    public string Location { get; init; } = "fsn1";

    public bool DeleteProtected { get; init; }

    public ValueMap<string> Labels { get; init; } = ValueMap<string>.Empty;
}

/// <summary>A running server of somebody else.</summary>
public sealed record PresetServer
{
    public required string Name { get; init; }

    public string ServerType { get; init; } = "cx23";

    public string Image { get; init; } = "ubuntu-24.04";

    public string Location { get; init; } = "fsn1";

    public ValueMap<string> Labels { get; init; } = ValueMap<string>.Empty;
}

/// <summary>A volume that is there before, attached to nothing.</summary>
public sealed record PresetVolume
{
    public required string Name { get; init; }

    public int SizeGigabytes { get; init; } = 10;

    public string Location { get; init; } = "fsn1";

    public bool DeleteProtected { get; init; }

    public ValueMap<string> Labels { get; init; } = ValueMap<string>.Empty;

    /// <summary>What was written to it before; null for a blank device.</summary>
    public string? Contents { get; init; }
}
