using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Simulation.Dns;
using Orrery.Simulation.Edge;
using Orrery.Simulation.K3s;
using Orrery.Simulation.Machines;
using Orrery.Simulation.Talos.Api;
using Orrery.Simulation.Talos.Clusters;
using Orrery.Simulation.Talos.Configuration;
using Orrery.Simulation.Talos.Hardware;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Talos;

/// <summary>What all Talos machines of a world have in common.</summary>
public sealed record TalosOptions
{
    /// <summary>All chance comes of it.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The wall clock when the world begins.</summary>
    public DateTimeOffset Epoch { get; init; } = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    public TalosLatencies Latencies { get; init; } = new();

    /// <summary>The DHCP server: what it tells a card by its MAC; null where it answers nothing.</summary>
    public Func<string, DhcpLease?> Leases { get; init; } = static _ => null;

    /// <summary>Image Factory: the extensions of a schematic; null for one that was never registered.</summary>
    public Func<string, ValueList<string>?> Schematics { get; init; } = static _ => null;

    /// <summary>What nodes with Tailscale's extension join.</summary>
    public Tailnet Tailnet { get; init; } = new(1, static () => TimeSpan.Zero);

    /// <summary>What lives in each cluster.</summary>
    public ClustersOptions Clusters { get; init; } = new();
}

/// <summary>All machines of a world that boot Talos Linux, by address, and the clusters that they are.</summary>
public sealed class TalosPark
{
    private const string MachineApi = " machine";

    private readonly SortedDictionary<string, TalosNode> _nodes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, TalosCluster> _clusters = new(StringComparer.Ordinal);
    private readonly List<ServiceRecord> _service = [];
    private readonly SortedDictionary<string, (string Tag, TimeSpan Since)> _asked = new(StringComparer.Ordinal);
    private readonly MachinePark _files;
    private int _identities;

    public TalosPark(Agenda agenda, TalosOptions options)
    {
        (Agenda, Options, KubeSpan) = (agenda, options, new KubeSpanMesh(agenda));
        _files = new MachinePark(agenda, new MachinesOptions { Epoch = options.Epoch });
    }

    public Agenda Agenda { get; }

    public TalosOptions Options { get; }

    /// <summary>The tunnels between machines that are configured for them.</summary>
    public KubeSpanMesh KubeSpan { get; }

    /// <summary>By identifier.</summary>
    public IEnumerable<TalosNode> All => _nodes.Values;

    /// <summary>The cluster of each etcd that was ever begun, whether it runs or not.</summary>
    public IEnumerable<SimulatedCluster> Clusters =>
        _clusters.Values.Select(cluster => cluster.Kubernetes).OfType<SimulatedCluster>();

    /// <summary>What machines needed for themselves, by the resource for which they worked.</summary>
    public IReadOnlyList<ServiceRecord> Service => _service;

    /// <summary>Told of each machine that switched itself off.</summary>
    public Action<TalosNode> SwitchedOff { get; set; } = static _ => { };

    /// <summary>Told of each new cluster before anything happens in it, for further actors.</summary>
    public Action<SimulatedCluster> Made { get; set; } = static _ => { };

    public TalosNode? Get(string id) => _nodes.GetValueOrDefault(id);

    /// <summary>Makes a machine, or finds it and gives it other hardware, and switches it on.</summary>
    public TalosNode PowerOn(TalosHardware hardware)
    {
        if (!_nodes.TryGetValue(hardware.Id, out var node))
            _nodes[hardware.Id] = node = new TalosNode(this, hardware);
        node.Hardware = hardware;
        node.PowerOn();
        return node;
    }

    /// <summary>Another order of media, or other disks and cards, from the next boot on.</summary>
    public void Change(TalosHardware hardware)
    {
        if (Get(hardware.Id) is { } node)
            node.Hardware = hardware;
    }

    /// <summary>The machine is gone; what becomes of its disks is its owner's business.</summary>
    public void Delete(string id)
    {
        if (_nodes.Remove(id, out var node))
            node.PowerOff();
    }

    /// <summary>The machine that has an address at this moment, or null.</summary>
    public TalosNode? Find(string address) =>
        _nodes.Values.FirstOrDefault(node => node.IsOn && node.Addresses.Contains(address));

    /// <summary>
    /// The Kubernetes whose API server answers at an address, a machine's own or a shared one; null where none does.
    /// </summary>
    public SimulatedCluster? KubernetesAt(string address)
    {
        foreach (var cluster in _clusters.Values.Where(each => each.Kubernetes is { IsRunning: true }))
        {
            if (cluster.VirtualAddresses.Contains(address)
                || (Find(address) is { HasApiServer: true } node && node.Cluster == cluster))
            {
                return cluster.Kubernetes;
            }
        }

        return null;
    }

    /// <summary>
    /// The machine API or the API server that a connection leads to, whoever is there when it is used.
    /// </summary>
    public IWorld At(Connection connection) => new TalosSockets(this, connection);

    internal int NextIdentity() => ++_identities;

    internal TalosCluster ClusterOf(MachineSettings settings)
    {
        if (!_clusters.TryGetValue(settings.ClusterId, out var cluster))
            _clusters[settings.ClusterId] = cluster = new TalosCluster(this, settings);
        return cluster;
    }

    /// <summary>What an installer's reference is an image of; null where nobody serves it.</summary>
    internal TalosImage? Installer(string reference, string platform)
    {
        var colon = reference.LastIndexOf(':');
        if (colon < 0)
            return null;
        var (name, version) = (reference[..colon], reference[(colon + 1)..]);
        if (name == "ghcr.io/siderolabs/installer")
            return new TalosImage { Version = version, Platform = platform };
        var parts = name.Split('/');
        if (parts is not [.., var kind, var schematic]
            || !kind.Contains("installer", StringComparison.Ordinal)
            || Options.Schematics(schematic) is not { } extensions)
        {
            return null;
        }

        return new TalosImage
        {
            Version = version,
            Platform = platform,
            Schematic = schematic,
            Extensions = extensions,
        };
    }

    internal Machine MakeFiles(TalosNode node) => new(
        new MachineOrder { Id = node.Id, Name = node.HostName, Addresses = [.. node.Addresses] },
        new MachineSurroundings(_files, new MachinesOptions { Epoch = Options.Epoch }));

    /// <summary>Somebody asks for an API server that does not answer yet.</summary>
    internal void Asked(string host, string? tag)
    {
        if (tag is not null)
            _asked.TryAdd(host, (tag, Agenda.Now));
    }

    /// <summary>Somebody asks for a machine that does not answer yet.</summary>
    internal void AskedMachine(string host, string? tag) => Asked(host + MachineApi, tag);

    /// <summary>From now on a machine answers; the work until then was for whoever asked first.</summary>
    internal void Answers(TalosNode node)
    {
        foreach (var address in node.Addresses)
        {
            if (_asked.Remove(address + MachineApi, out var asked))
                Note(new ServiceRecord(asked.Tag, "boot", asked.Since, Agenda.Now));
        }
    }

    /// <summary>From now on it answers; the work until then was for whoever asked first.</summary>
    internal void Answers(string host)
    {
        if (_asked.Remove(host, out var asked))
            Note(new ServiceRecord(asked.Tag, "api-server", asked.Since, Agenda.Now));
    }

    internal void Note(ServiceRecord record)
    {
        if (record.End > record.Start)
            _service.Add(record);
    }
}
