using Orrery.Engine.Ports;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Hetzner.Kinds;
using Orrery.Providers.Http;
using Orrery.Providers.Machines;

namespace Orrery.Providers.Hetzner;

/// <summary>Hetzner Cloud: servers, volumes, addresses, firewalls and SSH keys of one project.</summary>
public sealed class HetznerProvider : IProvider
{
    /// <summary>
    /// Names another address of the API: a simulated world, a recording proxy. As in Hetzner's own tools.
    /// </summary>
    public const string EndpointVariable = "HCLOUD_ENDPOINT";

    private const string EndpointDefault = "https://api.hetzner.cloud/v1";

    private readonly HetznerChecks _checks;
    private readonly MachineServices? _machines;

    private HetznerProvider(HetznerServices services, HetznerChecks checks, MachineServices? machines)
    {
        _checks = checks;
        _machines = machines;
        Handlers =
        [
            new SshKeyHandler(services),
            new FirewallHandler(services),
            new VolumeHandler(services),
            new PrimaryIpHandler(services),
            new FloatingIpHandler(services),
            new ServerHandler(services),
            new VolumeAttachmentHandler(services),
            new FloatingIpAssignmentHandler(services),
            .. machines is null ? [] : MachineKinds.Handlers(machines, services.Released, services.Time),
        ];
    }

    public string Name => "hetzner";

    public IReadOnlyList<IResourceHandler> Handlers { get; }

    /// <summary>Sends nothing yet. Throws where <c>HCLOUD_ENDPOINT</c> is no address.</summary>
    /// <param name="environment">The wire, time and chance.</param>
    /// <param name="settings">The account, and where in it.</param>
    /// <param name="secrets">Where the token is found.</param>
    /// <param name="machines">How machines are booted; null leaves them as their images are.</param>
    public static IProvider Create(
        ProviderEnvironment environment, Infrastructure.Hetzner settings, ISecretValues secrets,
        MachineServices? machines = null)
    {
        var vendor = new HttpVendor
        {
            Provider = "hetzner",
            DisplayName = "Hetzner Cloud",
            BaseAddress = EndpointOf(environment),
            Token = secrets.Find(settings.Token),
            TokenSource = $"{settings.Token}",
            Classify = HetznerErrors.Classify,
        };
        var client = new HetznerClient(HttpClients.Create(environment, vendor));
        var services = new HetznerServices(
            client, new ActionPoller(client, environment.Time), new StartedActions(), new HetznerPrices(client),
            environment.Time);
        return new HetznerProvider(services, new HetznerChecks(client, environment.Time), machines);
    }

    public IEnumerable<Resource> ResourcesOf(Platform platform, Cluster cluster, ISecretValues secrets) =>
        cluster.Infrastructure is Infrastructure.Hetzner settings
            ? HetznerGraph.Of(cluster, settings, secrets, _machines?.Boot(cluster))
            : [];

    public Task<ValueList<Diagnostic>> CheckAsync(
        Platform platform, Cluster cluster, CancellationToken cancellation) =>
        cluster.Infrastructure is Infrastructure.Hetzner settings
            ? _checks.RunAsync(cluster, settings, cancellation)
            : Task.FromResult(ValueList<Diagnostic>.Empty);

    private static Uri EndpointOf(ProviderEnvironment environment)
    {
        var text = environment.Environment(EndpointVariable) is { Length: > 0 } given ? given : EndpointDefault;
        if (Uri.TryCreate($"{text.TrimEnd('/')}/", UriKind.Absolute, out var endpoint)
            && (endpoint.Scheme == Uri.UriSchemeHttps || endpoint.Scheme == Uri.UriSchemeHttp)
            && endpoint.UserInfo.Length == 0)
        {
            return endpoint;
        }

        throw new ProviderException(
            ProviderErrorCode.Invalid, $"{EndpointVariable} is not an http or https address: '{text}'");
    }
}
