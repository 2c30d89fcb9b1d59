using Orrery.Engine.Ports;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Edge;
using Orrery.Providers.ImageFactory;
using Orrery.Providers.Proxmox.Accounts;
using Orrery.Providers.Proxmox.Hosts;
using Orrery.Providers.Proxmox.Kinds;
using Orrery.Providers.Talos;
using Orrery.Providers.Talos.Configuration;
using Orrery.Providers.Talos.Kinds;
using Orrery.Providers.Talos.Upgrades;

namespace Orrery.Providers.Proxmox;

/// <summary>Machines of one Proxmox VE cluster that run Talos.</summary>
public sealed class ProxmoxProvider : IProvider
{
    /// <summary>Names another address of the API: a simulated world, a recording proxy.</summary>
    public const string EndpointVariable = "PROXMOX_ENDPOINT";

    private readonly FactoryClient _factory;
    private readonly Capacity _capacity;

    private ProxmoxProvider(ProxmoxServices services, ProxmoxWires wires, string platform, Cluster cluster)
    {
        (_factory, _capacity) = (FactoryClient.Create(wires.Outside), new Capacity(services, platform));
        var nodes = new TalosNodes(wires.Outside, wires.Connector);
        var fleet = new TalosFleet(nodes, TalosMachines.Of(cluster));
        var texts = new MachineTexts(cluster);
        Etcd = new EtcdSnapshots(nodes, fleet, wires.Seal, wires.Open);
        Upgrades = new ClusterUpgrades(nodes, fleet, _factory, Etcd);
        Servers = new VirtualMachineHandler(services);
        Handlers =
        [
            .. ProxmoxKinds.Handlers(services).Where(handler => handler.Kind.Type != Servers.Kind.Type),
            Servers,
            new SchematicHandler(_factory),
            new MachineHandler(nodes, services.Console, texts.Render, fleet)
            {
                Accepted = wires.Accepted,
            },
            new TailnetMemberHandler(
                nodes, wires.Shell, texts.Render,
                cluster.Edge?.Tailnet is { } tailnet ? new TailnetUser(tailnet.Ssh, platform) : null),
            new KubeSpanHandler(nodes),
            new BootstrapHandler(nodes, Etcd),
            new ApiServerHandler(nodes),
        ];
    }

    public string Name => "proxmox";

    public IReadOnlyList<IResourceHandler> Handlers { get; }

    /// <summary>Of what runs on the machines.</summary>
    public IUpgradesClusters Upgrades { get; }

    /// <summary>What their etcd holds.</summary>
    internal EtcdSnapshots Etcd { get; }

    /// <summary>Tells whether a machine is still there.</summary>
    internal IResourceHandler Servers { get; }

    /// <summary>Sends nothing yet. Throws where an address is none.</summary>
    /// <param name="wires">How others are reached.</param>
    /// <param name="platform">The platform's name, by which its machines are told from others'.</param>
    /// <param name="cluster">Whose machines they are; of Proxmox VE.</param>
    /// <param name="secrets">Where the token is found that was given.</param>
    /// <param name="bootstrap">How the token is made that was not given; null where one was.</param>
    internal static ProxmoxProvider Create(
        ProxmoxWires wires, string platform, Cluster cluster, ISecretValues secrets, ProxmoxBootstrap? bootstrap)
    {
        var settings = (Infrastructure.Proxmox)cluster.Infrastructure;
        var endpoint = EndpointOf(wires.Api, settings);
        var services = settings.Provisioner is { } user && bootstrap is not null
            ? ProxmoxServices.Create(
                wires.Api with { Transport = new PveshWire(bootstrap.Shell) { InnerHandler = wires.Api.Transport } },
                new ProxmoxConnection(endpoint, null, $"the kept token of {user}")
                {
                    Tokens = new KeptTokenSource(cancellation => bootstrap.TokenOf(user, cancellation)),
                })
            : ProxmoxServices.Create(
                wires.Api,
                new ProxmoxConnection(
                    endpoint, settings.Token is { } given ? secrets.Find(given) : null, $"{settings.Token}"));
        return new ProxmoxProvider(services, wires, platform, cluster);
    }

    public IEnumerable<Resource> ResourcesOf(Platform platform, Cluster cluster, ISecretValues secrets) =>
        ProxmoxGraph.Of(cluster, platform.Name);

    public async Task<ValueList<Diagnostic>> CheckAsync(
        Platform platform, Cluster cluster, CancellationToken cancellation) =>
        cluster.Distribution is Distribution.Talos talos
            ?
            [
                .. DeclaredMachines.Check(cluster),
                .. await FactoryChecks.RunAsync(_factory, talos.Version, talos.Extensions, cancellation),
                .. await _capacity.CheckAsync(cluster, cancellation),
            ]
            : [];

    private static Uri EndpointOf(ProviderEnvironment environment, Infrastructure.Proxmox settings)
    {
        var text = environment.Environment(EndpointVariable) is { Length: > 0 } given ? given : settings.Endpoint;
        return Uri.TryCreate(text, UriKind.Absolute, out var endpoint)
            && (endpoint.Scheme == Uri.UriSchemeHttps || endpoint.Scheme == Uri.UriSchemeHttp)
            ? endpoint
            : throw new ProviderException(
                ProviderErrorCode.Invalid, $"{EndpointVariable} is not an http or https address: '{text}'");
    }
}
