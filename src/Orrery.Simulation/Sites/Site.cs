using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.Dns;
using Orrery.Simulation.Edge;
using Orrery.Simulation.Flux;
using Orrery.Simulation.Git;
using Orrery.Simulation.GitHub;
using Orrery.Simulation.Hetzner;
using Orrery.Simulation.ImageFactory;
using Orrery.Simulation.ImageUpdates;
using Orrery.Simulation.K3s;
using Orrery.Simulation.K3s.Charts;
using Orrery.Simulation.Machines;
using Orrery.Simulation.Machines.Files;
using Orrery.Simulation.Proxmox;
using Orrery.Simulation.Proxmox.Node;
using Orrery.Simulation.Talos;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Sites;

/// <summary>What a site is like before anybody acts.</summary>
public sealed record SiteOptions
{
    /// <summary>All chance comes of it.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The wall clock when the site begins.</summary>
    public DateTimeOffset Epoch { get; init; }

    public HetznerWorldOptions Hetzner { get; init; } = new();

    /// <summary>Null where nobody has one.</summary>
    public ProxmoxWorldOptions? Proxmox { get; init; }

    /// <summary>The hosts at which its API answers.</summary>
    public ValueList<string> ProxmoxHosts { get; init; } = [];

    /// <summary>Of whom a node's shell lets in: lines of <c>authorized_keys</c>.</summary>
    public ValueList<string> ProxmoxAdministrators { get; init; } = [];

    public GitHubWorldOptions GitHub { get; init; } = new();

    public MachineLatencies Machines { get; init; } = new();

    /// <summary>Machines of people on the internet, by the address at which they are reached.</summary>
    public ValueList<string> EdgeHosts { get; init; } = [];

    /// <summary>Whom they let in: lines of <c>authorized_keys</c>.</summary>
    public ValueList<string> EdgeAdministrators { get; init; } = [];

    /// <summary>Where machines log in to the tailnet; empty where there is none.</summary>
    public string HeadscaleUrl { get; init; } = "";

    /// <summary>What people gave the dnsmasq that hands out addresses to virtual machines; empty for nothing.</summary>
    public string Reservations { get; init; } = "";
}

/// <summary>
/// The whole outside world of a platform: clouds, the machines in them, what runs on these, and the repositories that
/// they follow. Plain and synchronous; its own future stands in one agenda, which whoever drives time advances.
/// </summary>
public sealed class Site
{
    /// <summary>Assumed: a compressed disk of Talos has about as much.</summary>
    private const long ImageBytes = 110L << 20;

    private readonly SiteOptions _options;
    private readonly SiteMachines _servers;
    private readonly SiteGuests? _guests;

    public Site(SiteOptions options)
    {
        _options = options;
        Clusters = new SimulatedClusters(new ClustersOptions { Seed = options.Seed, Proxmox = AskProxmox });
        Machines = new MachinePark(Agenda, new MachinesOptions
        {
            Epoch = options.Epoch,
            K3sHost = Clusters,
            Latencies = options.Machines,
        });
        _servers = new SiteMachines(Machines);
        Tailnet = new Tailnet(options.Seed, () => Agenda.Now, options.HeadscaleUrl);
        Edges = options.EdgeHosts.Map(host => new EdgeHost(Machines, host, options.EdgeAdministrators, Tailnet));
        Hetzner = new HetznerWorld(options.Hetzner with
        {
            Seed = options.Seed,
            Epoch = options.Epoch,
            Agenda = Agenda,
            Host = _servers,
        });
        Talos = new TalosPark(Agenda, new TalosOptions
        {
            Seed = options.Seed,
            Epoch = options.Epoch,
            Schematics = SchematicOf,
            Clusters = Clusters.Options,
            Tailnet = Tailnet,
            Leases = new DnsmasqServer(options.Reservations).LeaseOf,
        });
        if (options.Proxmox is { } proxmox)
        {
            _guests = new SiteGuests(Talos, source => AssetAt(source)?.Image);
            Proxmox = new ProxmoxWorld(proxmox with
            {
                Seed = options.Seed,
                Epoch = options.Epoch,
                Agenda = Agenda,
                Guests = _guests,
                Web = Download,
            });
            Machines.AddHost(new MachineOrder
            {
                Id = "pve",
                Name = proxmox.Nodes[0].Name,
                Addresses = options.ProxmoxHosts,
                AuthorizedKeys = options.ProxmoxAdministrators,
                Programs = new NodePrograms(Proxmox).All,
            });
            Talos.SwitchedOff = node =>
            {
                // One that was deleted may still have been about to; its number is another machine's by then.
                if (Talos.Get(node.Id) == node)
                    Proxmox.PowerOffFromInside(long.Parse(node.Id, CultureInfo.InvariantCulture));
            };
        }

        GitHub = new GitHubWorld(options.GitHub, Remotes);
        Service = new SiteService(this);
        Clusters.Made = Inhabit;
        Talos.Made = Inhabit;
    }

    public Agenda Agenda { get; } = new();

    public HetznerWorld Hetzner { get; }

    /// <summary>Null where the platform has none.</summary>
    public ProxmoxWorld? Proxmox { get; }

    public ImageFactoryWorld ImageFactory { get; } = new(new ImageFactoryWorldOptions());

    public TalosPark Talos { get; }

    public MachinePark Machines { get; }

    /// <summary>The network that Headscale on these machines keeps together.</summary>
    public Tailnet Tailnet { get; }

    /// <summary>Machines of people in front of clusters.</summary>
    public ValueList<EdgeHost> Edges { get; }

    public SimulatedClusters Clusters { get; }

    public GitRemotes Remotes { get; } = new();

    public GitHubWorld GitHub { get; }

    /// <summary>Where people push images to.</summary>
    public ImageRegistry Images { get; } = new();

    /// <summary>What its parts needed for themselves.</summary>
    public SiteService Service { get; }

    /// <summary>What stands on a volume; null where no server ever had it.</summary>
    public VolumeDisk? DiskOf(long volume) => _servers.Disks.GetValueOrDefault(volume);

    /// <summary>The same of a volume of Proxmox VE, for example <c>local-lvm:vm-105-disk-0</c>.</summary>
    public VolumeDisk? DiskOf(string volid) =>
        Proxmox?.ContentsOf(volid) is { } contents ? _guests?.DiskOf(contents)?.Volume : null;

    /// <summary>
    /// When the last Application, Kustomization or HelmRelease of all running clusters became what it is; where an
    /// Application was that before its cluster started again, when it was seen to be so still. Null without one.
    /// </summary>
    public TimeSpan? LastTransition() => Kubernetes.Where(cluster => cluster.IsRunning).SelectMany(cluster =>
        cluster.Api.Store.PeekAll("argoproj.io/v1alpha1", "Application").Select(application => application["status"])
            .Select(status => LastOf(status?["health"]?["lastTransitionTime"], status?["operationState"]?["finishedAt"])
                is { } last && last >= cluster.RunsSince ? last : LastOf(status?["reconciledAt"]))
            .Concat(OfFlux.SelectMany(kind => cluster.Api.Store.PeekAll(kind.ApiVersion, kind.Kind))
                .Select(item => LastOf(item["status"]?["conditions"]?[0]?["lastTransitionTime"]))))
        .Max();

    /// <summary>When the last node of all running clusters became ready; null where none is.</summary>
    public TimeSpan? LastNodeReady() => Kubernetes.Where(cluster => cluster.IsRunning)
        .SelectMany(cluster => cluster.Api.Store.List("v1", "Node"))
        .Select(node => node["status"]?["conditions"]?.AsArray()
            .FirstOrDefault(condition => condition?["type"]?.GetValue<string>() == "Ready"))
        .Select(ready => LastOf(ready?["lastTransitionTime"])).Max();

    /// <summary>When a Job was done; null where there is none that is.</summary>
    /// <param name="resource">As a resource calls it: <c>job.NAMESPACE.NAME</c>.</param>
    public TimeSpan? JobDone(string resource) => resource.Split('.', 3) is not ["job", var ns, var name]
        ? null
        : Kubernetes.Where(cluster => cluster.IsRunning)
            .Select(cluster => cluster.Api.Store.Get("batch/v1", "Job", ns, name))
            .Select(job => LastOf(job?["status"]?["completionTime"])).Max();

    private static readonly (string ApiVersion, string Kind)[] OfFlux =
        [("kustomize.toolkit.fluxcd.io/v1", "Kustomization"), ("helm.toolkit.fluxcd.io/v2", "HelmRelease")];

    private TimeSpan? LastOf(params IEnumerable<JsonNode?> moments) => moments.OfType<JsonNode>()
        .Select(moment => (TimeSpan?)(DateTimeOffset.Parse($"{moment}", CultureInfo.InvariantCulture) - _options.Epoch))
        .Max();

    /// <summary>The world that answers at an address; null where there is none.</summary>
    public IWorld? At(Uri address) => address.Host switch
    {
        "api.hetzner.cloud" => Hetzner,
        "api.github.com" => GitHub,
        ImageFactoryWorld.Host => ImageFactory,
        _ => _options.ProxmoxHosts.Contains(address.Host) ? Proxmox : null,
    };

    /// <summary>The API server that a connection leads to, whichever machine is there when it is used.</summary>
    public IWorld ApiServer(Connection connection) => connection.Through is null
        ? Talos.At(connection)
        : new ApiServerWorld(Machines, Clusters, connection);

    /// <summary>Every Kubernetes that there is or was.</summary>
    public IEnumerable<SimulatedCluster> Kubernetes => Clusters.All.Concat(Talos.Clusters);

    private (int Status, JsonObject Body)? AskProxmox(Uri address, WorldRequest request) =>
        (At(address) as ProxmoxWorld)?.HandleFromWithin(request);

    private ValueList<string>? SchematicOf(string id) =>
        ImageFactory.Pull($"{ImageFactoryWorld.Host}/installer/{id}:{ImageFactory.Options.Versions[^1]}")?.Image
            .Extensions;

    private RemoteFile? Download(string address) =>
        AssetAt(address) is { } asset ? new RemoteFile(asset.ToBytes(), ImageBytes) : null;

    private FactoryAsset? AssetAt(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Host != ImageFactoryWorld.Host)
            return null;
        var reply = ImageFactory.Handle(
            new WorldRequest { Method = "GET", Path = uri.AbsolutePath }, Agenda.Now);
        return reply.Status == 200 ? FactoryAsset.Parse(reply.Body.Span) : null;
    }

    /// <summary>What lives in every cluster as soon as its parts are installed.</summary>
    private void Inhabit(SimulatedCluster cluster)
    {
        TimeSpan? UpSince() => cluster.IsRunning ? cluster.RunsSince : null;
        var (store, charts) = (cluster.Api.Store, new ChartLibrary());
        _ = new ArgoCdController(store, Agenda, Remotes, charts, new ArgoCdOptions { UpSince = UpSince });
        _ = new FluxControllers(store, Agenda, Remotes, charts, new FluxOptions { UpSince = UpSince });
        _ = new ImageUpdaterController(store, Agenda, Remotes, Images) { IsUp = () => cluster.IsRunning };
    }
}
