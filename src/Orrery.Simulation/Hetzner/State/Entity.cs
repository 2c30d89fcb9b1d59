using Orrery.Model.Values;

namespace Orrery.Simulation.Hetzner.State;

/// <summary>What all things of the project have in common.</summary>
internal abstract class Entity
{
    public required long Id { get; init; }

    public required string Name { get; set; }

    public ValueMap<string> Labels { get; set; } = ValueMap<string>.Empty;

    public required TimeSpan Created { get; init; }

    public bool DeleteProtected { get; set; }

    public bool Preset { get; init; }

    /// <summary>How many running actions have it for themselves.</summary>
    public int Locks { get; set; }

    public bool Locked => Locks > 0;

    /// <summary>As actions name it: <c>server</c>.</summary>
    public abstract string Type { get; }

    public virtual string? PublicAddress => null;

    public virtual long? AttachedTo => null;
}

internal enum ServerStatus
{
    Initializing,
    Starting,
    Running,
    Stopping,
    Off,
    Deleting,
    Rebuilding,
}

/// <summary>A machine; its addresses, volumes and firewalls are found through theirs.</summary>
internal sealed class Server : Entity
{
    public required ServerType ServerType { get; init; }

    public required Location Location { get; init; }

    public required Image Image { get; set; }

    public ServerStatus Status { get; set; }

    public bool RebuildProtected { get; set; }

    public string UserData { get; set; } = "";

    /// <summary>As in an <c>authorized_keys</c> file: whom the machine lets in when it first boots.</summary>
    public IReadOnlyList<string> PublicKeys { get; init; } = [];

    /// <summary>How often it came up.</summary>
    public int Boots { get; set; }

    public string? ReverseName { get; set; }

    public override string Type => "server";
}

/// <summary>A block device that outlives servers.</summary>
internal sealed class Volume : Entity
{
    public required int SizeGigabytes { get; set; }

    public required Location Location { get; init; }

    /// <summary>As asked for at creation; what stands on the device is in <see cref="Contents"/>.</summary>
    public string? Format { get; init; }

    public bool Available { get; set; }

    public long? Server { get; set; }

    /// <summary>What the disk has.</summary>
    public VolumeContents Contents { get; set; } = VolumeContents.Blank;

    /// <summary>What the machine wrote last and still holds in its memory.</summary>
    public string? Unwritten { get; set; }

    public override string Type => "volume";

    public override long? AttachedTo => Server;

    /// <summary>The machine wrote everything back: an orderly shutdown or unmount.</summary>
    public void Flush()
    {
        if (Unwritten is { } value)
            Contents = Contents.Written(value);
        Unwritten = null;
    }

    /// <summary>The device went away under the machine: what it had not written back is lost.</summary>
    public void Tear() => Unwritten = null;
}

/// <summary>A server's own address, bound to a location.</summary>
internal sealed class PrimaryIp : Entity
{
    public required bool Ipv6 { get; init; }

    public required string Address { get; init; }

    public required Location Location { get; init; }

    public bool AutoDelete { get; set; }

    public long? Server { get; set; }

    public string? ReverseName { get; set; }

    public override string Type => "primary_ip";

    public override string PublicAddress => Address;

    public override long? AttachedTo => Server;
}

/// <summary>An address that moves between servers of all locations.</summary>
internal sealed class FloatingIp : Entity
{
    public required bool Ipv6 { get; init; }

    public required string Address { get; init; }

    public required Location HomeLocation { get; init; }

    public string Description { get; set; } = "";

    public long? Server { get; set; }

    public string? ReverseName { get; set; }

    public override string Type => "floating_ip";

    public override string PublicAddress => Address;

    public override long? AttachedTo => Server;
}

/// <summary>Rules for what may reach servers and leave them.</summary>
internal sealed class Firewall : Entity
{
    public IReadOnlyList<FirewallRule> Rules { get; set; } = [];

    /// <summary>Servers by id, false while the rules are on their way to the host.</summary>
    public SortedDictionary<long, bool> Servers { get; } = [];

    public SortedSet<string> Selectors { get; } = new(StringComparer.Ordinal);

    public override string Type => "firewall";
}

internal sealed record FirewallRule(
    string Direction, string Protocol, string? Port, string? Description, FirewallPeers Peers);

internal sealed record FirewallPeers(ValueList<string> Sources, ValueList<string> Destinations);

/// <summary>A public key that new servers get.</summary>
internal sealed class SshKey : Entity
{
    public required string PublicKey { get; init; }

    public required string Fingerprint { get; init; }

    public override string Type => "ssh_key";
}
