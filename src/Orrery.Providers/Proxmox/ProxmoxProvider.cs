using Orrery.Engine.Ports;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.ImageFactory;
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

    private ProxmoxProvider(
        ProxmoxServices services, FactoryClient factory, TalosNodes nodes, Cluster cluster, Func<byte[], byte[]> seal)
    {
        _factory = factory;
        var fleet = new TalosFleet(nodes, TalosMachines.Of(cluster));
        Upgrades = new ClusterUpgrades(nodes, fleet, factory, seal);
        Servers = new VirtualMachineHandler(services);
        Handlers =
        [
            .. ProxmoxKinds.Handlers(services).Where(handler => handler.Kind.Type != Servers.Kind.Type),
            Servers,
            new SchematicHandler(factory),
            new MachineHandler(
                nodes, services.Console, new MachineTexts(cluster).Render, fleet),
            new BootstrapHandler(nodes),
            new ApiServerHandler(nodes),
        ];
    }

    public string Name => "proxmox";

    public IReadOnlyList<IResourceHandler> Handlers { get; }

    /// <summary>Of what runs on the machines.</summary>
    public IUpgradesClusters Upgrades { get; }

    /// <summary>Tells whether a machine is still there.</summary>
    internal IResourceHandler Servers { get; }

    /// <summary>Sends nothing yet. Throws where an address is none.</summary>
    /// <param name="environment">The wire, time and chance. The wire is the one to Proxmox VE alone.</param>
    /// <param name="outside">The same for everything else.</param>
    /// <param name="access">The way to machines.</param>
    /// <param name="cluster">Whose machines they are; of Proxmox VE.</param>
    /// <param name="secrets">Where the token is found.</param>
    public static ProxmoxProvider Create(
        ProviderEnvironment environment, ProviderEnvironment outside, MachineAccess access, Cluster cluster,
        ISecretValues secrets)
    {
        var settings = (Infrastructure.Proxmox)cluster.Infrastructure;
        var token = settings.Token is { } reference ? secrets.Find(reference) : null;
        var services = ProxmoxServices.Create(
            environment, new ProxmoxConnection(EndpointOf(environment, settings), token, $"{settings.Token}"));
        return new ProxmoxProvider(
            services, FactoryClient.Create(outside), new TalosNodes(outside, access.Connector), cluster,
            access.Seal);
    }

    public IEnumerable<Resource> ResourcesOf(Platform platform, Cluster cluster, ISecretValues secrets) =>
        ProxmoxGraph.Of(cluster);

    public async Task<ValueList<Diagnostic>> CheckAsync(Cluster cluster, CancellationToken cancellation) =>
        cluster.Distribution is Distribution.Talos talos
            ?
            [
                .. DeclaredMachines.Check(cluster),
                .. await FactoryChecks.RunAsync(_factory, talos.Version, talos.Extensions, cancellation),
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

/// <summary>The way to machines, and what becomes of what they give.</summary>
/// <param name="Connector">Opens wires to them.</param>
/// <param name="Seal">Encrypts to the platform's recovery.</param>
public sealed record MachineAccess(IConnector Connector, Func<byte[], byte[]> Seal);
