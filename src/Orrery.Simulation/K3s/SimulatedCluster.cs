using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Simulation.K3s.AddOns;
using Orrery.Simulation.K3s.Charts;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.K3s.Helm;
using Orrery.Simulation.K3s.Ingress;
using Orrery.Simulation.K3s.Networks;
using Orrery.Simulation.K3s.Pods;
using Orrery.Simulation.K3s.Sealing;
using Orrery.Simulation.K3s.Storage;
using Orrery.Simulation.K3s.Vaults;
using Orrery.Simulation.K3s.Workloads;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Machines;
using Orrery.Simulation.Machines.K3s;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.K3s;

/// <summary>
/// One cluster with what lives in it. K3s has one node here: the machine that it runs on, which is another one where
/// its datastore has been brought there. Others bring their nodes as they come.
/// </summary>
public sealed class SimulatedCluster
{
    private readonly ClusterGround _ground;
    private readonly List<ClusterNode> _nodes = [];
    private readonly NodeController? _node;
    private readonly DeployController? _deploy;
    private readonly TraefikActor _traefik;
    private readonly SealedSecretsController _sealing;
    private K3sStart? _given;
    private int _starts;
    private bool _isStarted;

    internal SimulatedCluster(Machine machine, K3sStart start, ClustersOptions options, ulong seed)
        : this(null, (machine, start), options, seed)
    {
    }

    internal SimulatedCluster(ClusterGround ground, ClustersOptions options, ulong seed)
        : this(ground, null, options, seed)
    {
    }

    private SimulatedCluster(
        ClusterGround? ground, (Machine Machine, K3sStart Start)? k3s, ClustersOptions options, ulong seed)
    {
        (_given, Options, Seed) = (k3s?.Start, options, seed);
        if (k3s is { } server)
            _nodes.Add(new ClusterNode(server.Start.NodeName, server.Machine));
        _ground = ground ?? OfK3s(_nodes[0].Machine);
        Api = new KubernetesApi(
            new KubernetesApiOptions
            {
                Seed = seed,
                Epoch = _ground.Epoch,
                Version = _ground.Version,
                ServerAddress = _ground.ServerAddress,
                PodSecurity = _ground.PodSecurity,
                // Whoever comes through the wire has shown its certificate there.
                WithoutToken = new Identity("system:admin", "", ["system:masters", "system:authenticated"]),
            },
            _ground.Agenda);
        Loop = new ControlLoop(Store, _ground.Agenda, options.Latencies, () => IsRunning);
        if (k3s is not null)
            (_node, _deploy) = (new NodeController(this), new DeployController(this));
        _ = new DeploymentController(this);
        _ = new ReplicaSetController(this);
        _ = new StatefulSetController(this);
        _ = new DaemonSetController(this);
        _ = new JobController(this);
        _ = new DisruptionController(this);
        _ = new ServiceController(this);
        _ = new VolumeBinder(this);
        _ = new LocalPathProvisioner(this);
        _ = new NfsProvisioner(this);
        _ = new LonghornProvisioner(this);
        _ = new VolumeAttachments(this);
        _ = new ProxmoxCsiProvisioner(this);
        _ = new ProxmoxCsiAttacher(this);
        _ = new Scheduler(this);
        foreach (var node in _nodes)
            node.Kubelet = new Kubelet(this, node);
        _ = new HelmController(this);
        _ = new HelmImage(this);
        _ = new CiliumOperator(this);
        _ = new MetalLbController(this);
        _ = new PostgresOperator(this);
        _ = new PrometheusOperator(this);
        _sealing = new SealedSecretsController(this);
        _ = new OpenBaoServer(this);
        _ = new ExternalSecretsController(this);
        _ = new NginxActor(this);
        _ = new CertManagerActor(this);
        _traefik = new TraefikActor(this);
        Network = new PodNetwork(this);
        _ = new PodCommands(this);
    }

    /// <summary>Its first node's.</summary>
    public Machine Machine => _nodes[0].Machine;

    /// <summary>All that have ever been, in the order of their coming, but for those that were taken out.</summary>
    public IReadOnlyList<ClusterNode> Nodes => _nodes;

    public KubernetesApi Api { get; }

    /// <summary>Its API answers; when it does not, nobody may use <see cref="Api"/>.</summary>
    public bool IsRunning => _isStarted && _ground.IsUp();

    /// <summary>Between its pods.</summary>
    public PodNetwork Network { get; }

    /// <summary>When its API began to answer the last time, since the world began.</summary>
    public TimeSpan RunsSince { get; private set; }

    /// <summary>The certificate that clients know the API by: the text of <c>server-ca.crt</c>.</summary>
    public string ServerAuthority => TlsFile("server-ca.crt");

    /// <summary>The certificate that clients' certificates come of: the text of <c>client-ca.crt</c>.</summary>
    public string ClientAuthority => TlsFile("client-ca.crt");

    /// <summary>The node's name.</summary>
    public string NodeName => _nodes.Count > 0 ? _nodes[0].Name : "";

    /// <summary>Null where it is no K3s.</summary>
    internal K3sStart? Started => _given;

    internal K3sStart Given => _given ?? throw new InvariantException("only K3s starts with flags and files");

    internal Agenda Agenda => _ground.Agenda;

    internal DateTimeOffset Epoch => _ground.Epoch;

    internal ClustersOptions Options { get; }

    internal ulong Seed { get; }

    internal ClusterStore Store => Api.Store;

    internal ControlLoop Loop { get; }

    /// <summary>What the command of a finishing pod does, by its image: null for success, or what it says.</summary>
    internal Dictionary<string, Func<JsonObject, string?>> Commands { get; } = new(StringComparer.Ordinal);

    internal K3sLatencies Latencies => Options.Latencies;

    /// <summary>
    /// What people seal to by default: the certificate that the Sealed Secrets controller shows to all; null while it
    /// does not run.
    /// </summary>
    public string? SealingCertificate => IsRunning ? _sealing.Certificate : null;

    /// <summary>What Traefik logged of errors.</summary>
    public IReadOnlyList<string> TraefikErrors => _traefik.Log;

    /// <summary>
    /// A visitor of a host at an address gets an answer: the machine has the address and is on, K3s and Traefik run,
    /// and an Ingress of the host has a ready backend. Where packets to the address go is the cloud's to say.
    /// </summary>
    public bool Answers(string host, string address) =>
        Machine.IsOn && Machine.Addresses.Contains(address) && IsRunning && _traefik.Serves(host);

    /// <summary>
    /// Writes a file as a pod does that has mounted a claim; false when no such pod runs, and nothing is written.
    /// </summary>
    public bool WriteThroughClaim(string ns, string claim, string fileName, string text)
    {
        if (!IsRunning || Behind(ns, claim) is not { } behind)
            return false;
        behind.Machine.WriteFile(
            $"{behind.Path.TrimEnd('/')}/{fileName}", Encoding.UTF8.GetBytes(text), 0x1A4, behind.User);
        return true;
    }

    /// <summary>Reads a file as a pod does that has mounted a claim; null without such a pod or file.</summary>
    public string? ReadThroughClaim(string ns, string claim, string fileName)
    {
        if (!IsRunning || Behind(ns, claim) is not { } behind)
            return null;
        return behind.Machine.ReadFile($"{behind.Path.TrimEnd('/')}/{fileName}") is { } content
            ? Encoding.UTF8.GetString(content.Span)
            : null;
    }

    /// <summary>A file of its own <c>server/tls</c>, empty where there is none. Keys are secret.</summary>
    public string TlsFile(string name) => _ground.TlsFile(name);

    /// <summary>Whether a client's certificate comes of its authority and holds now.</summary>
    public bool Accepts(X509Certificate2 certificate)
    {
        if (ClientAuthority.Length == 0)
            return false;
        using var authority = X509Certificate2.CreateFromPem(ClientAuthority);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = Store.Clock.UtcDateTime;
        return chain.Build(certificate);
    }

    /// <summary>The folder behind a claim of a running pod, with its user, or null where none runs.</summary>
    internal (Machine Machine, string Path, int User)? Behind(string ns, string claim) => _nodes
        .Select(node => node.Kubelet.Behind(ns, claim) is { } behind
            ? ((Machine, string, int)?)(node.Machine, behind.Path, behind.User)
            : null)
        .FirstOrDefault(behind => behind is not null);

    /// <summary>The node of a name; null where there is none.</summary>
    internal ClusterNode? NodeOf(string? name) => _nodes.Find(node => node.Name == name);

    /// <summary>A node joins; it registers its object itself.</summary>
    internal void Add(ClusterNode node)
    {
        node.Kubelet = new Kubelet(this, node);
        _nodes.Add(node);
    }

    /// <summary>Does something after a while, unless the cluster ends before.</summary>
    internal void After(TimeSpan delay, Action happening)
    {
        var starts = _starts;
        Agenda.After(delay, () =>
        {
            if (_starts == starts && IsRunning)
                happening();
        });
    }

    /// <summary>Its datastore has come to another machine, where none of its containers is.</summary>
    internal void MoveTo(Machine machine)
    {
        _nodes[0].Machine = machine;
        _nodes[0].Kubelet.Moved();
        _deploy?.Follow(machine);
    }

    internal void Start(K3sStart start)
    {
        (_given, _isStarted) = (start, true);
        _nodes[0].Name = start.NodeName;
        var starts = ++_starts;
        // The machine says when the API answers; its own wait of the same length ends after this.
        Machine.Agenda.After(Machine.Surroundings.Latencies.K3sReady, () => Machine.Agenda.After(
            TimeSpan.FromMilliseconds(1), () =>
            {
                if (_starts == starts && IsRunning)
                    Begin();
            }));
    }

    internal void Stop()
    {
        _isStarted = false;
        _starts++;
    }

    /// <summary>Its API answers again, or for the first time: its controllers look at everything.</summary>
    internal void Begin()
    {
        if (_given is null)
        {
            _isStarted = true;
            _starts++;
        }

        RunsSince = Agenda.Now;
        _node?.Begin();
        foreach (var node in _nodes)
            node.Kubelet.Begin();
        _deploy?.Begin();
        Loop.LookAtAll();
    }

    private ClusterGround OfK3s(Machine machine) => new()
    {
        Agenda = machine.Agenda,
        Epoch = machine.Surroundings.Epoch,
        Version = Given.Version,
        ServerAddress = (machine.Addresses.FirstOrDefault() ?? "127.0.0.1") + ":6443",
        IsUp = () => Machine.K3s.IsReady,
        TlsFile = name => Machine.ReadFile($"{Given.DataFolder}/server/tls/{name}") is { } content
            ? Encoding.UTF8.GetString(content.Span)
            : "",
    };
}
