using System.Security.Cryptography.X509Certificates;
using System.Text;
using Orrery.Simulation.K3s.AddOns;
using Orrery.Simulation.K3s.Charts;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.K3s.Helm;
using Orrery.Simulation.K3s.Ingress;
using Orrery.Simulation.K3s.Pods;
using Orrery.Simulation.K3s.Sealing;
using Orrery.Simulation.K3s.Storage;
using Orrery.Simulation.K3s.Vaults;
using Orrery.Simulation.K3s.Workloads;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Machines;
using Orrery.Simulation.Machines.K3s;

namespace Orrery.Simulation.K3s;

/// <summary>
/// One K3s cluster with what lives in it. It has one node: the machine that it runs on, which is another one where its
/// datastore has been brought there.
/// </summary>
public sealed class SimulatedCluster
{
    private readonly NodeController _node;
    private readonly DeployController _deploy;
    private readonly TraefikActor _traefik;
    private readonly SealedSecretsController _sealing;
    private int _starts;
    private bool _isStarted;

    internal SimulatedCluster(Machine machine, K3sStart start, ClustersOptions options, ulong seed)
    {
        (Machine, Given, Options, Seed) = (machine, start, options, seed);
        Api = new KubernetesApi(
            new KubernetesApiOptions
            {
                Seed = seed,
                Epoch = machine.Surroundings.Epoch,
                Version = start.Version,
                ServerAddress = (machine.Addresses.FirstOrDefault() ?? "127.0.0.1") + ":6443",
                // Whoever comes through the wire has shown its certificate there.
                WithoutToken = new Identity("system:admin", "", ["system:masters", "system:authenticated"]),
            },
            machine.Agenda);
        Loop = new ControlLoop(Store, machine.Agenda, options.Latencies, () => IsRunning);
        _node = new NodeController(this);
        _deploy = new DeployController(this);
        _ = new DeploymentController(this);
        _ = new ReplicaSetController(this);
        _ = new StatefulSetController(this);
        _ = new DaemonSetController(this);
        _ = new JobController(this);
        _ = new ServiceController(this);
        _ = new VolumeBinder(this);
        _ = new LocalPathProvisioner(this);
        _ = new Scheduler(this);
        Kubelet = new Kubelet(this);
        _ = new HelmController(this);
        _ = new PrometheusOperator(this);
        _sealing = new SealedSecretsController(this);
        _ = new OpenBaoServer(this);
        _ = new ExternalSecretsController(this);
        _traefik = new TraefikActor(this);
    }

    public Machine Machine { get; private set; }

    public KubernetesApi Api { get; }

    /// <summary>Its API answers; when it does not, nobody may use <see cref="Api"/>.</summary>
    public bool IsRunning => _isStarted && Machine.K3s.IsReady;

    /// <summary>When its API began to answer the last time, since the world began.</summary>
    public TimeSpan RunsSince { get; private set; }

    /// <summary>The certificate that clients know the API by: the text of <c>server-ca.crt</c>.</summary>
    public string ServerAuthority => TlsFile("server-ca.crt");

    /// <summary>The certificate that clients' certificates come of: the text of <c>client-ca.crt</c>.</summary>
    public string ClientAuthority => TlsFile("client-ca.crt");

    /// <summary>The node's name.</summary>
    public string NodeName => Given.NodeName;

    internal K3sStart Given { get; private set; }

    internal ClustersOptions Options { get; }

    internal ulong Seed { get; }

    internal ClusterStore Store => Api.Store;

    internal ControlLoop Loop { get; }

    internal Kubelet Kubelet { get; }

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
        if (!IsRunning || Kubelet.Behind(ns, claim) is not { } behind)
            return false;
        Machine.WriteFile($"{behind.Path.TrimEnd('/')}/{fileName}", Encoding.UTF8.GetBytes(text), 0x1A4, behind.User);
        return true;
    }

    /// <summary>Reads a file as a pod does that has mounted a claim; null without such a pod or file.</summary>
    public string? ReadThroughClaim(string ns, string claim, string fileName)
    {
        if (!IsRunning || Kubelet.Behind(ns, claim) is not { } behind)
            return null;
        return Machine.ReadFile($"{behind.Path.TrimEnd('/')}/{fileName}") is { } content
            ? Encoding.UTF8.GetString(content.Span)
            : null;
    }

    /// <summary>A file of its own <c>server/tls</c>, empty where there is none. Keys are secret.</summary>
    public string TlsFile(string name) => Machine.ReadFile($"{Given.DataFolder}/server/tls/{name}") is { } content
        ? Encoding.UTF8.GetString(content.Span)
        : "";

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

    /// <summary>Does something after a while, unless K3s ends before.</summary>
    internal void After(TimeSpan delay, Action happening)
    {
        var starts = _starts;
        Machine.Agenda.After(delay, () =>
        {
            if (_starts == starts && IsRunning)
                happening();
        });
    }

    /// <summary>Its datastore has come to another machine, where none of its containers is.</summary>
    internal void MoveTo(Machine machine)
    {
        Machine = machine;
        Kubelet.Moved();
        _deploy.Follow(machine);
    }

    internal void Start(K3sStart start)
    {
        (Given, _isStarted) = (start, true);
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

    private void Begin()
    {
        RunsSince = Machine.Agenda.Now;
        _node.Begin();
        Kubelet.Begin();
        _deploy.Begin();
        Loop.LookAtAll();
    }
}
