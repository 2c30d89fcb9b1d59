using Orrery.Engine;
using Orrery.Engine.Ports;
using Orrery.Engine.Runs;
using Orrery.Engine.State;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.Clusters;
using Orrery.Providers.Proxmox;

namespace Orrery.Cli.Composition;

/// <summary>Which declaration a verb is about.</summary>
internal sealed record Target(string Path, string? Profile);

/// <summary>
/// A valid declaration with its secrets, its state and the way to its clouds: all that the engine needs.
/// </summary>
internal sealed class Session : IDisposable
{
    private readonly FoundSecrets _secrets;
    private readonly RecoveryKeys _keys;
    private readonly LocalStateFiles _files;
    private readonly LocalStateFiles _declaration;
    private readonly Lazy<HttpMessageHandler> _transport;

    private Session(Host host, Loaded loaded, FoundSecrets secrets, RecoveryKeys keys)
    {
        (Host, Loaded, _secrets, _keys) = (host, loaded, secrets, keys);
        Folder = new StateFolder(loaded.Folder);
        _files = Folder.Open(host.Time);
        _declaration = new LocalStateFiles(loaded.Folder, host.Time, Folder.PathOf("declaration"));
        _transport = new Lazy<HttpMessageHandler>(host.Transport);
    }

    public Host Host { get; }

    public Loaded Loaded { get; }

    public StateFolder Folder { get; }

    public Platform Platform => Loaded.Platform;

    /// <summary>By what machines without a configuration are known, by cluster and node; see the option.</summary>
    public ValueMap<string> AcceptedFingerprints { get; set; } = ValueMap<string>.Empty;

    /// <summary>Of the identities at hand.</summary>
    public IEnumerable<string> Recipients => _keys.Identities.Select(identity => $"{identity.Recipient}");

    /// <summary>Reads the declaration and looks up its secrets; everything that is missing is told at once.</summary>
    /// <param name="added">Further identities, in the form of an identity file.</param>
    public static Diagnosed<Session> Open(Host host, Target target, string added = "")
    {
        var read = DeclarationFiles.Read(host, target.Path, target.Profile);
        if (read.Value is not { } loaded)
            return new Diagnosed<Session>(null, read.Diagnostics);
        var found = FoundSecrets.Find(host, loaded, NeededSecrets.Of(loaded.Platform));
        if (found.Value is not { } secrets)
            return new Diagnosed<Session>(null, [.. read.Diagnostics, .. found.Diagnostics]);
        var identity = secrets.Find(loaded.Platform.Recovery.Identity) ?? "";
        var keys = RecoveryKeys.Open(host, loaded.Platform, identity, added);
        var session = keys.Value is { } own ? new Session(host, loaded, secrets, own) : null;
        return new Diagnosed<Session>(session, [.. read.Diagnostics, .. keys.Diagnostics]);
    }

    public Pipeline Pipeline(IRunObserver observer) => Pipeline(observer, static platform => platform);

    /// <param name="altered">What is different from the declaration in this run.</param>
    public Pipeline Pipeline(IRunObserver observer, Func<Platform, Platform> altered) =>
        new(altered(Platform), Environment(observer));

    public void Dispose()
    {
        _files.Dispose();
        _declaration.Dispose();
        if (_transport.IsValueCreated)
            _transport.Value.Dispose();
    }

    private EngineEnvironment Environment(IRunObserver observer) => new()
    {
        Time = Host.Time,
        Random = Host.Random,
        Files = _files,
        Cipher = _keys.Cipher,
        Providers = Providers,
        Secrets = _secrets,
        Holder = Host.Holder(),
        Observer = observer,
    };

    /// <summary>A file of an authority lies beside the declaration.</summary>
    private HttpMessageHandler WireTo(ProxmoxTrust? trust) => trust is null
        ? _transport.Value
        : ProxmoxWire.Direct(
            trust.Fingerprint,
            trust.Authority is { } file ? File.ReadAllText(Path.Combine(Loaded.Folder, file)) : null);

    private Dictionary<string, IProvider> Providers(IWriterGuard guard)
    {
        var environment = new ClusterEnvironment
        {
            Provider = new ProviderEnvironment
            {
                Time = Host.Time,
                Random = Host.Random,
                Transport = _transport.Value,
                Guard = guard,
                Environment = Host.Environment,
            },
            Processes = Host.Processes(guard),
            Wire = Host.Wire,
            ProxmoxWire = WireTo,
            Keys = Host.Keys,
            Declaration = _declaration,
            CacheFolder = Folder.PathOf("cache"),
            Recipients = _keys.Recipients,
            Identities = () => _keys.Identities,
            AcceptedFingerprints = AcceptedFingerprints,
        };
        return Platform.Clusters.Values.ToDictionary(
            cluster => cluster.Name,
            IProvider (cluster) => ClusterProvider.Create(environment, Platform, cluster, _secrets),
            StringComparer.Ordinal);
    }
}
