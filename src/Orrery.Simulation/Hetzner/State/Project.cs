using Orrery.Simulation.Faults;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Hetzner.State;

/// <summary>Everything that the simulated project holds.</summary>
internal sealed class Project
{
    private readonly Dictionary<string, int> _attempts = [];

    public Project(HetznerWorldOptions options)
    {
        Options = options;
        Identifiers = new Identifiers(options.Seed);
        Actions = new ActionLog(Service);
        Budget = new RequestBudget(options.Limits.RequestsPerHour, options.OthersRequestsPerHour);
        Servers = new Collection<Server>("servers", "server", options.Limits.Servers);
        Volumes = new Collection<Volume>("volumes", "volume", options.Limits.Volumes);
        PrimaryIps = new Collection<PrimaryIp>("primary_ips", "primary_ip", options.Limits.PrimaryIps);
        FloatingIps = new Collection<FloatingIp>("floating_ips", "floating_ip", options.Limits.FloatingIps);
        Firewalls = new Collection<Firewall>("firewalls", "firewall", options.Limits.Firewalls);
        SshKeys = new Collection<SshKey>("ssh_keys", "ssh_key", options.Limits.SshKeys);
    }

    public HetznerWorldOptions Options { get; }

    public Identifiers Identifiers { get; }

    public ActionLog Actions { get; }

    public RequestBudget Budget { get; }

    public List<ServiceRecord> Service { get; } = [];

    public Collection<Server> Servers { get; }

    public Collection<Volume> Volumes { get; }

    public Collection<PrimaryIp> PrimaryIps { get; }

    public Collection<FloatingIp> FloatingIps { get; }

    public Collection<Firewall> Firewalls { get; }

    public Collection<SshKey> SshKeys { get; }

    /// <summary>
    /// A time with its jitter. The key is the request's or action's identity, and the same one draws anew each time,
    /// so that what else happens does not shift it.
    /// </summary>
    public TimeSpan Jittered(TimeSpan time, string key)
    {
        var attempt = _attempts[key] = _attempts.GetValueOrDefault(key) + 1;
        var share = StableHash.Of(Options.Seed).And(key).And((ulong)attempt).Share;
        var factor = 1 + Options.Latencies.Jitter * (2 * share - 1);
        // Whole milliseconds read better in timelines and lose nothing.
        return TimeSpan.FromMilliseconds((long)(time.TotalMilliseconds * factor));
    }

    public IEnumerable<Volume> VolumesOf(Server server) => Volumes.All.Where(volume => volume.Server == server.Id);

    public PrimaryIp? PrimaryIpOf(Server server, bool ipv6) =>
        PrimaryIps.All.FirstOrDefault(address => address.Server == server.Id && address.Ipv6 == ipv6);

    public IEnumerable<FloatingIp> FloatingIpsOf(Server server) =>
        FloatingIps.All.Where(address => address.Server == server.Id);

    /// <summary>The machine went down in an orderly way: everything is on the disks.</summary>
    public void FlushVolumesOf(Server server)
    {
        foreach (var volume in VolumesOf(server))
            volume.Flush();
    }

    /// <summary>The machine lost its power.</summary>
    public void TearVolumesOf(Server server)
    {
        foreach (var volume in VolumesOf(server))
            volume.Tear();
    }

    /// <summary>
    /// Takes a server away: what is attached is detached, addresses that were made with it go, others stay.
    /// </summary>
    public void Remove(Server server, TimeSpan now)
    {
        TearVolumesOf(server);
        foreach (var volume in VolumesOf(server).ToList())
            volume.Server = null;
        foreach (var address in FloatingIpsOf(server).ToList())
            address.Server = null;
        foreach (var address in PrimaryIps.All.Where(address => address.Server == server.Id).ToList())
        {
            address.Server = null;
            if (address.AutoDelete)
                PrimaryIps.Remove(address, now);
        }

        foreach (var firewall in Firewalls.All)
            firewall.Servers.Remove(server.Id);
        Servers.Remove(server, now);
    }
}
