using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Kubernetes.Objects;

namespace Orrery.Providers.Clusters;

/// <summary>
/// The Kubernetes of one declared cluster, under each uid that it has had in this run: a rebuilt one is another one.
/// Where it is comes from the outputs of what started it, who we are to it from the keys in the repository.
/// </summary>
/// <param name="environment">For the requests.</param>
/// <param name="connector">Opens the wire, through the machine where need be.</param>
/// <param name="name">For messages, for example <c>prod</c>.</param>
internal sealed class KnownClusters(ProviderEnvironment environment, IConnector connector, string name)
    : IKubernetesClusters
{
    /// <summary>Where K3s listens, as its certificate says too. The firewall lets nobody in there.</summary>
    public static readonly Uri Server = new("https://127.0.0.1:6443");

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly List<string> _uids = [];
    private Value.Map? _authorities;

    public IReadOnlyList<string> Uids
    {
        get
        {
            lock (_gate)
                return _authorities is null ? [] : [.. _uids];
        }
    }

    /// <summary>Remembers what says how to reach a cluster; nothing of other resources.</summary>
    public void Learn(ResourceAddress address, Value.Map outputs)
    {
        lock (_gate)
        {
            if (address.Type == "secret/k3s-authorities" && outputs["adminKey"] is Value.Sensitive)
                _authorities = outputs;
            else if (address.Type == "machine/k3s" && outputs["clusterId"].AsText() is { Length: > 0 } uid)
                Learn(uid, HostOf(outputs), outputs);
        }
    }

    /// <summary>The cloud's id of the machine that this cluster stands on, or null for an unknown cluster.</summary>
    public string? ServerOf(string uid)
    {
        lock (_gate)
            return _entries.GetValueOrDefault(uid)?.Server;
    }

    /// <summary>
    /// When we started its K3s, by its own clock and as Kubernetes writes moments; empty where somebody else did.
    /// </summary>
    public string StartOf(string uid)
    {
        lock (_gate)
            return _entries.GetValueOrDefault(uid)?.StartedAt ?? "";
    }

    /// <summary>The machine is gone, and the cluster with it.</summary>
    public void Forget(string uid)
    {
        lock (_gate)
        {
            _entries.Remove(uid);
            _uids.Remove(uid);
        }
    }

    public KubernetesClient? Find(string uid)
    {
        lock (_gate)
        {
            return _authorities is { } authorities && _entries.TryGetValue(uid, out var entry)
                ? entry.Client ??= KubernetesClient.Create(
                    environment, entry.Wire ??= Open(entry.Host, authorities), new KubernetesAccess(name, Server))
                : null;
        }
    }

    /// <summary>The wire to a cluster's API server, for what is reached through it; null as for <see cref="Find"/>.
    /// </summary>
    public HttpMessageHandler? WireTo(string uid)
    {
        lock (_gate)
        {
            return _authorities is { } authorities && _entries.TryGetValue(uid, out var entry)
                ? entry.Wire ??= Open(entry.Host, authorities)
                : null;
        }
    }

    /// <summary>One that has moved to another machine is the same, and reached there from now on.</summary>
    private void Learn(string uid, SshHost host, Value.Map outputs)
    {
        if (!_entries.TryGetValue(uid, out var known) || !known.Host.Equals(host))
        {
            if (known is null)
                _uids.Add(uid);
            _entries[uid] = known = new Entry(host, outputs["server"].AsText() ?? "");
        }

        known.StartedAt = outputs["startedAt"].AsText() ?? "";
    }

    private static SshHost HostOf(Value.Map outputs) => new(
        outputs["address"].AsText() ?? "", 22, outputs["user"].AsText() ?? "root",
        outputs["hostKeys"].AsList().Select(key => key.AsText() ?? "").ToValueList());

    private HttpMessageHandler Open(SshHost host, Value.Map authorities) => connector.Open(new Connection
    {
        Server = Server,
        CertificateAuthority = authorities["serverAuthority"].AsText(),
        ClientCertificate = authorities["adminCertificate"].AsText(),
        ClientKey = authorities["adminKey"].AsText(),
        Through = host,
    });

    private sealed class Entry(SshHost host, string server)
    {
        public SshHost Host { get; } = host;

        public string Server { get; } = server;

        public string StartedAt { get; set; } = "";

        public HttpMessageHandler? Wire { get; set; }

        public KubernetesClient? Client { get; set; }
    }
}
