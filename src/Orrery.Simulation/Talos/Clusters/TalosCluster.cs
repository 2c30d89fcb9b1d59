using System.Text.Json.Nodes;
using Orrery.Simulation.Faults;
using Orrery.Simulation.K3s;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Talos.Configuration;
using Orrery.Simulation.Talos.Hardware;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Talos.Clusters;

/// <summary>
/// The machines whose configurations name the same cluster: they find each other, agree in etcd, share addresses, and
/// are the nodes of one Kubernetes.
/// </summary>
internal sealed class TalosCluster
{
    private readonly MachineSettings _first;
    private readonly TalosNodes _nodes;
    private TalosNode? _owner;
    private TalosNode? _nextOwner;
    private (string? Tag, TimeSpan Since)? _beginning;
    private bool _wasUp;
    private bool _isRestored;
    private ulong _begun;

    public TalosCluster(TalosPark park, MachineSettings settings)
    {
        (Park, _first) = (park, settings);
        _nodes = new TalosNodes(this);
    }

    public TalosPark Park { get; }

    public EtcdCluster? Etcd { get; private set; }

    /// <summary>For which resource it was begun.</summary>
    public string? BegunBy { get; private set; }

    /// <summary>What etcd holds; null before it was begun.</summary>
    public SimulatedCluster? Kubernetes { get; private set; }

    public string Id => _first.ClusterId;

    /// <summary>The machines that are configured for it and on.</summary>
    public IEnumerable<TalosNode> Nodes => Park.All.Where(node => node.Cluster == this && node.Settings is not null);

    /// <summary>
    /// The addresses that a machine answers at besides its own. Talos' own needs etcd to choose who has it; kube-vip is
    /// a pod that asks the API server.
    /// </summary>
    public IEnumerable<string> VirtualAddresses =>
        (_owner is { HasApiServer: true, Settings: { } settings } owner
            ? owner.Hardware.Nics.SelectMany(settings.VirtualAddressesOf)
            : [])
        .Concat(IsUp ? Announced() : []);

    /// <summary>Some machine still has etcd's data; where all of them are gone, it may begin anew.</summary>
    public bool IsBegun => Etcd is { } etcd && etcd.Members.Any(member =>
        Park.Get(member.Node.Id) == member.Node && member.Node.Installation?.Etcd?.Cluster == etcd);

    private bool IsUp => Etcd is { HasQuorum: true } && Nodes.Any(node => node.HasApiServer);

    /// <summary>A new etcd with one member, and a new Kubernetes in it.</summary>
    public EtcdData Found(TalosNode node, string? tag)
    {
        var seed = StableHash.Of(Park.Options.Seed).And(Id).And(_begun++).Value;
        Etcd = new EtcdCluster(seed);
        var settings = node.Settings!;
        var ground = new ClusterGround
        {
            Agenda = Park.Agenda,
            Epoch = Park.Options.Epoch,
            Version = settings.KubernetesVersion ?? "v1.34.1",
            ServerAddress = new Uri(settings.Endpoint) is var endpoint ? $"{endpoint.Host}:{endpoint.Port}" : "",
            IsUp = () => IsUp,
            PodSecurity = settings.PodSecurity,
            TlsFile = name => name.EndsWith(".key", StringComparison.Ordinal)
                ? _first.KubernetesAuthorityKey
                : _first.KubernetesAuthority,
        };
        // What the one before has worked is over, and was work.
        foreach (var record in Kubernetes?.Api.Service ?? [])
            Park.Note(record);
        Kubernetes = new SimulatedCluster(ground, Park.Options.Clusters, seed);
        _nodes.Forget();
        _wasUp = false;
        (BegunBy, _beginning) = (tag, (tag, Park.Agenda.Now));
        Park.Made(Kubernetes);
        return new EtcdData(Etcd, Etcd.Add(node, isLearner: false).Id);
    }

    /// <summary>
    /// The new etcd holds what another one did. What its nodes say of themselves is old until they say it anew, or
    /// until they count as gone.
    /// </summary>
    public void Restore(IReadOnlyList<JsonObject> objects, long version)
    {
        Kubernetes?.Api.Restore(objects, version);
        _isRestored = true;
    }

    /// <summary>
    /// One more member, one at a time; null where there is none to join, or no quorum to agree to it.
    /// </summary>
    public EtcdData? TakeIn(TalosNode node)
    {
        if (Etcd is not { HasQuorum: true } etcd || etcd.Members.Any(member => member.IsLearner))
            return null;
        return new EtcdData(etcd, etcd.Add(node, isLearner: true).Id);
    }

    /// <summary>A machine's part in it has changed: who leads, who has the address, who may join.</summary>
    public void Changed()
    {
        Etcd?.Elect();
        ChooseOwner();
        if (!IsUp)
        {
            if (_wasUp)
                Kubernetes?.Stop();
            _wasUp = false;
            return;
        }

        if (Kubernetes is { } kubernetes
            && Nodes.FirstOrDefault(node => node.HasApiServer)?.Settings?.ControlPlaneImages.First().Image is { } image)
        {
            kubernetes.Api.Version = image[(image.LastIndexOf(':') + 1)..];
        }

        if (!_wasUp)
        {
            _wasUp = true;
            if (_beginning is { } beginning)
                Park.Note(new ServiceRecord(beginning.Tag, "bootstrap", beginning.Since, Park.Agenda.Now));
            _beginning = null;
            Kubernetes?.Begin();
            ApplyInlineManifests();
            Park.Answers(new Uri(_first.Endpoint).Host);
            foreach (var node in Nodes.Where(node => node.IsKubeletUp).ToList())
                Register(node);
            if (_isRestored)
                Park.Agenda.After(Park.Options.Latencies.NodeGrace, LookAtNodes);
            _isRestored = false;
        }

        foreach (var node in Nodes.Where(node => node.AwaitsEtcd).ToList())
            node.TryJoin();
    }

    /// <summary>kubelet says that its node is there, once an API server hears it.</summary>
    public void Register(TalosNode node)
    {
        if (Kubernetes is { IsRunning: true })
            _nodes.Register(node);
    }

    /// <summary>The API server shows of a node what runs there.</summary>
    public bool Shows(TalosNode node) => Kubernetes is { IsRunning: true } && _nodes.Shows(node);

    public void LookAtNodes()
    {
        if (Kubernetes is { IsRunning: true })
            _nodes.Look();
    }

    /// <summary>The addresses that pods of kube-vip announce.</summary>
    private IEnumerable<string> Announced() => Kubernetes is not { } kubernetes
        ? []
        : Programs.Ready(kubernetes.Store, "kube-vip")
            .SelectMany(pod => pod.At("spec", "containers").Items())
            .SelectMany(container => container["env"].Items())
            .Where(variable => variable.TextAt("name") is "address" or "vip_address")
            .Select(variable => variable.TextAt("value") ?? "").Distinct();

    // Whatever is there already is left to others: https://docs.siderolabs.com/talos/v1.11/reference/configuration.
    private void ApplyInlineManifests()
    {
        var store = Kubernetes!.Store;
        foreach (var item in Nodes.Where(node => node.HasApiServer).Take(1)
            .SelectMany(node => node.Settings!.InlineManifests)
            .SelectMany(manifest => YamlDocuments.All(manifest.Contents)).OfType<JsonObject>())
        {
            if (store.Peek(
                item.TextAt("apiVersion") ?? "", item.TextAt("kind") ?? "", item.Namespace(), item.Name()) is null)
                store.Create(item, new WriteOptions { Manager = "talos" });
        }
    }

    // It stays where it is; another one takes it over some seconds after its owner has gone.
    private void ChooseOwner()
    {
        var able = Etcd is { HasQuorum: true } ? Nodes.Where(node => node.HasApiServer).ToList() : [];
        if (_owner is { } owner && able.Contains(owner))
            return;
        var isFirst = _owner is null;
        _owner = null;
        if (able.Count == 0 || _nextOwner is not null)
            return;
        _nextOwner = able[0];
        Park.Agenda.After(isFirst ? TimeSpan.FromSeconds(1) : Park.Options.Latencies.VirtualAddress, () =>
        {
            _owner = _nextOwner is { HasApiServer: true } next ? next : null;
            _nextOwner = null;
            if (_owner is null)
                ChooseOwner();
        });
    }
}
