using Orrery.Engine;
using Orrery.Engine.Ports;
using Orrery.Engine.Runs;
using Orrery.Engine.State;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Providers.Hetzner;
using Orrery.Secrets.Age;
using Orrery.Simulation.Disks;
using Orrery.Simulation.Faults;
using Orrery.Simulation.Hetzner;
using Orrery.Simulation.Time;
using Orrery.Simulation.Wire;

namespace Orrery.Rehearsal.Stages;

/// <summary>
/// One platform's whole outside world in virtual time: clouds, wires, disk, secrets. Engines live and die on it; it
/// stays.
/// </summary>
public sealed class Stage
{
    private readonly RehearsalOptions _options;
    private readonly IIdentity _identity;
    private int _lives;

    public Stage(RehearsalOptions options)
    {
        _options = options;
        Secrets = new ThrowAwaySecrets(options.Seed);
        var random = new SeededRandom(options.Seed);
        _identity = AgeIdentity.Generate(random.Fill);
        Secrets.Plant(Platform.Recovery.Identity, _identity.Export());
        Crashes = new CrashPlan(options.CrashAt);
        var settings = Platform.Clusters.Values
            .Select(cluster => cluster.Infrastructure).OfType<Infrastructure.Hetzner>().ToArray();
        foreach (var hetzner in settings)
            Furnish(hetzner);
        World = HetznerWorldFor(settings);
        Faults = new FaultPlan(options.Seed, options.Faults, HetznerFaults.Applicable);
    }

    public Platform Platform => _options.Platform;

    public VirtualClock Clock { get; } = new();

    public SimulatedDisk Disk { get; } = new();

    public HetznerWorld World { get; }

    public ThrowAwaySecrets Secrets { get; }

    public WireLog Log { get; } = new();

    public CrashPlan Crashes { get; }

    /// <summary>What goes wrong from here on.</summary>
    public FaultPlan Faults { get; private set; }

    /// <summary>Opens and seals the state with the throw-away recovery identity.</summary>
    public IStateCipher Cipher => new AgeStateCipher(
        [_identity.Recipient], () => [_identity], new SeededRandom(_options.Seed).Fill);

    /// <summary>Told of each write of an engine: which life, what it writes to.</summary>
    public Action<Life, string> Writing { get; set; } = static (_, _) => { };

    /// <summary>The life that runs now.</summary>
    public Life? Current { get; private set; }

    /// <summary>From here on nothing goes wrong.</summary>
    public void CalmDown() => Faults = new FaultPlan(_options.Seed, FaultProfile.None, HetznerFaults.Applicable);

    /// <summary>A new engine on this stage; the one before must be dead or done.</summary>
    public (Pipeline Engine, Life Life) Begin(IRunObserver observer)
    {
        var life = new Life(Clock);
        Current = life;
        _lives++;
        var time = new LifeTimeProvider(life);
        var random = new SeededRandom(_options.Seed + (1000003UL * (ulong)_lives));
        var environment = new EngineEnvironment
        {
            Time = time,
            Random = random,
            Files = _options.Interposed.Files(
                new SimulatedStateFiles(Disk, life, time, Crashes) { Writing = name => Writing(life, name) }, life),
            Cipher = new AgeStateCipher([_identity.Recipient], () => [_identity], random.Fill),
            Providers = guard => Providers(life, time, random, guard, _options.Interposed.Provider),
            Secrets = Secrets,
            Holder = $"rehearsal, life {_lives}",
            Observer = observer,
            Guard = _options.Interposed.Guard,
        };
        return (new Pipeline(Platform, environment), life);
    }

    /// <summary>What is declared, straight from the providers: what checkers hold the engine to.</summary>
    public IReadOnlyList<Resource> Declared()
    {
        var life = new Life(Clock);
        var providers = Providers(
            life, new LifeTimeProvider(life), new SeededRandom(0), NobodyWrites.Instance, static it => it);
        return [.. providers.SelectMany(entry =>
            entry.Value.ResourcesOf(Platform, Platform.Clusters[entry.Key], Secrets))];
    }

    /// <summary>Waits on the world's own time, whoever lives.</summary>
    public Task PassAsync(TimeSpan duration)
    {
        var passed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Clock.Schedule(duration, () => passed.TrySetResult());
        return passed.Task;
    }

    private Dictionary<string, IProvider> Providers(
        Life life, TimeProvider time, SeededRandom random, IWriterGuard guard, Func<IProvider, IProvider> interpose)
    {
        var wire = _options.Interposed.Wire(new SimulatedTransport(life, new WireSettings
        {
            World = World,
            Faults = Faults,
            Crashes = Crashes,
            Log = Log,
            Sending = request => Writing(life, $"{request.Method} {request.Path}"),
        }));
        var environment = new ProviderEnvironment
        {
            Time = time,
            Random = random,
            Transport = wire,
            Guard = guard,
            Environment = static _ => null,
        };
        var providers = new Dictionary<string, IProvider>(StringComparer.Ordinal);
        foreach (var cluster in Platform.Clusters.Values)
        {
            if (cluster.Infrastructure is Infrastructure.Hetzner settings)
                providers[cluster.Name] = interpose(HetznerProvider.Create(environment, settings, Secrets));
        }

        return providers;
    }

    private void Furnish(Infrastructure.Hetzner settings)
    {
        Secrets.Token(settings.Token);
        if (settings.SshKey is not { } key)
            return;
        Secrets.MakePublicKey(key.Public);
        if (key.Private is { } secret)
            Secrets.Find(secret);
    }

    private HetznerWorld HetznerWorldFor(Infrastructure.Hetzner[] settings) =>
        new(_options.Interposed.World(new HetznerWorldOptions
        {
            Seed = _options.Seed,
            Epoch = VirtualClock.Epoch,
            Token = settings.Length > 0 ? Secrets.Token(settings[0].Token) : "",
            FloatingIps =
        [
            .. Platform.Clusters.Values.SelectMany(cluster => cluster.NodePools.Values)
                .Select(pool => pool.FloatingIp?.Adopt).OfType<string>().Distinct().Order(StringComparer.Ordinal)
                .Select((address, index) => new PresetFloatingIp { Name = $"adopted-{index + 1}", Address = address }),
        ],
        }));

    private sealed class NobodyWrites : IWriterGuard
    {
        public static NobodyWrites Instance { get; } = new();

        public Task EnsureAsync(TimeSpan requestTimeout, CancellationToken cancellation) =>
            throw new ProviderException(ProviderErrorCode.NotWriter, "a checker was about to change something");
    }
}
