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

    private static readonly string[] Authorities = ["secret/k3s-authorities", "secret/talos-secrets"];

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

    /// <summary>The cluster that is there now; null where none is.</summary>
    public KubernetesClient? Newest => Uids.Select(Find).OfType<KubernetesClient>().LastOrDefault();

    /// <summary>One was begun, whether it is there or not.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Remembers what says how to reach a cluster; nothing of other resources.</summary>
    public void Learn(ResourceAddress address, Value.Map outputs)
    {
        lock (_gate)
        {
            if (Authorities.Contains(address.Type) && outputs["adminKey"] is Value.Sensitive)
                _authorities = outputs;
            else if (outputs["clusterId"].AsText() is { Length: > 0 } uid)
                Learn(address.Type, uid, outputs);
        }
    }

    /// <summary>
    /// The cloud's ids of the machines that this cluster stands on: it is there while one of them is. None for an
    /// unknown cluster.
    /// </summary>
    public ValueList<string> ServersOf(string uid)
    {
        lock (_gate)
            return _entries.GetValueOrDefault(uid)?.Servers ?? [];
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
                    environment, entry.Wire ??= Open(entry.Place, authorities),
                    new KubernetesAccess(name, entry.Place.Server))
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
                ? entry.Wire ??= Open(entry.Place, authorities)
                : null;
        }
    }

    /// <summary>One that has moved to another machine is the same, and reached there from now on.</summary>
    private void Learn(string type, string uid, Value.Map outputs)
    {
        // K3s' own address is open to its machine alone, Talos' to everybody who has a certificate.
        var place = type == "machine/k3s" ? new Place(Server, HostOf(outputs), [outputs["server"].AsText() ?? ""])
            : type == "talos/api-server" ? new Place(
                new Uri(outputs["server"].AsText() ?? ""), null,
                outputs["machines"].AsList().Select(machine => machine.AsText() ?? "").ToValueList())
            : null;
        if (place is null)
            return;
        if (!_entries.TryGetValue(uid, out var known) || known.Place != place)
        {
            if (known is null)
                _uids.Add(uid);
            HasBegun = true;
            _entries[uid] = known = new Entry(place);
        }

        known.StartedAt = outputs["startedAt"].AsText() ?? "";
    }

    private static SshHost HostOf(Value.Map outputs) => new(
        outputs["address"].AsText() ?? "", 22, outputs["user"].AsText() ?? "root",
        outputs["hostKeys"].AsList().Select(key => key.AsText() ?? "").ToValueList());

    private HttpMessageHandler Open(Place place, Value.Map authorities) => connector.Open(new Connection
    {
        Server = place.Server,
        CertificateAuthority = authorities["serverAuthority"].AsText(),
        ClientCertificate = authorities["adminCertificate"].AsText(),
        ClientKey = authorities["adminKey"].AsText(),
        Through = place.Through,
    });

    /// <param name="Server">As its certificate says.</param>
    /// <param name="Through">The machine that it is reached through; null where it is reached directly.</param>
    /// <param name="Servers">See <see cref="ServersOf"/>.</param>
    private sealed record Place(Uri Server, SshHost? Through, ValueList<string> Servers);

    private sealed class Entry(Place place)
    {
        public Place Place => place;

        public ValueList<string> Servers => place.Servers;

        public string StartedAt { get; set; } = "";

        public HttpMessageHandler? Wire { get; set; }

        public KubernetesClient? Client { get; set; }
    }
}
