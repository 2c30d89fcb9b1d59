using Orrery.Engine;
using Orrery.Engine.Ports;
using Orrery.Engine.Runs;
using Orrery.Engine.State;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Clusters;
using Orrery.Secrets.Age;
using Orrery.Simulation.Disks;
using Orrery.Simulation.Faults;
using Orrery.Simulation.Git;
using Orrery.Simulation.Hetzner;
using Orrery.Simulation.K3s;
using Orrery.Simulation.Sites;
using Orrery.Simulation.Time;
using Orrery.Simulation.Wire;
using Orrery.Simulation.Worlds;

namespace Orrery.Rehearsal.Stages;

/// <summary>
/// One platform's whole outside world in virtual time: clouds, wires, disk, secrets. Engines live and die on it; it
/// stays.
/// </summary>
public sealed class Stage
{
    private static readonly FaultKind[] Broken = [FaultKind.LostRequest, FaultKind.LostReply];

    private readonly RehearsalOptions _options;
    private FaultPlan _programFaults;
    private readonly IIdentity _identity;
    private readonly MadeSecrets _made;
    private int _lives;

    public Stage(RehearsalOptions options)
    {
        (_options, Platform) = (options, options.Platform);
        Secrets = new ThrowAwaySecrets(options.Seed);
        var random = new SeededRandom(options.Seed);
        _identity = AgeIdentity.Generate(random.Fill);
        Secrets.Plant(Platform.Recovery.Identity, _identity.Export(), SecretPlaces.None);
        _made = new MadeSecrets(Secrets, _identity, Platform);
        Kept = new KeptDocuments(Platform, Secrets, options.Seed);
        Kept.WriteTo(Declaration, _identity.Recipient, VirtualClock.Epoch, options.Seed);
        Crashes = new CrashPlan(options.CrashAt);
        PlatformSite.Furnish(Platform, Secrets, options.Seed);
        var outside = PlatformSite.Of(Platform, Secrets, options.Seed, VirtualClock.Epoch);
        Site = new Site(outside with { Hetzner = options.Interposed.World(outside.Hetzner) });
        Site.Agenda.Added = due => Clock.Schedule(
            due > Clock.Now ? due - Clock.Now : TimeSpan.Zero, () => Site.Agenda.AdvanceTo(Clock.Now));
        Git = new SimulatedGit(Site.Remotes, new SimulatedGitOptions());
        Faults = new FaultPlan(options.Seed, options.Faults, HetznerFaults.Applicable);
        _programFaults = new FaultPlan(options.Seed, options.Faults, static _ => Broken);
    }

    /// <summary>As it is declared now.</summary>
    public Platform Platform { get; private set; }

    public ulong Seed => _options.Seed;

    public VirtualClock Clock { get; } = new();

    public SimulatedDisk Disk { get; } = new();

    /// <summary>What people keep in the declaration's folder beside it: keys, encrypted.</summary>
    public SimulatedDisk Declaration { get; } = new();

    /// <summary>What people keep there for Vaults.</summary>
    internal KeptDocuments Kept { get; }

    public Site Site { get; }

    public HetznerWorld World => Site.Hetzner;

    public SimulatedGit Git { get; }

    public ThrowAwaySecrets Secrets { get; }

    /// <summary>What went over the wire to the cloud.</summary>
    public WireLog Log => LogOf(World.Name);

    /// <summary>What went over the wire, by the vendor's name.</summary>
    public SortedDictionary<string, WireLog> Logs { get; } = new(StringComparer.Ordinal);

    /// <summary>The calls of programs that talk to others: ssh and git.</summary>
    public WireLog ProgramLog { get; } = new();

    public CrashPlan Crashes { get; }

    /// <summary>What goes wrong from here on.</summary>
    public FaultPlan Faults { get; private set; }

    /// <summary>Opens and seals the state with the throw-away recovery identity.</summary>
    public IStateCipher Cipher => new SopsStateCipher(
        [_identity.Recipient], () => [_identity], new LifeTimeProvider(new Life(Clock)),
        new SeededRandom(_options.Seed).Fill);

    /// <summary>Told of each write of an engine: which life, what it writes to.</summary>
    public Action<Life, string> Writing { get; set; } = static (_, _) => { };

    /// <summary>Sees every request that reached a world, after the world's name.</summary>
    public Action<string, WorldRequest> Exchanged { get; set; } = static (_, _) => { };

    /// <summary>Sees every program before an engine starts it.</summary>
    public Action<ProcessRequest> Starting { get; set; } = static _ => { };

    /// <summary>The life that runs now.</summary>
    public Life? Current { get; private set; }

    /// <summary>From here on nothing goes wrong.</summary>
    public void CalmDown()
    {
        Faults = new FaultPlan(_options.Seed, FaultProfile.None, HetznerFaults.Applicable);
        _programFaults = new FaultPlan(_options.Seed, FaultProfile.None, static _ => Broken);
    }

    /// <summary>Somebody edits the declaration.</summary>
    public void Declare(Platform platform) => Platform = platform;

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
            Cipher = _made.Watching(
                new SopsStateCipher([_identity.Recipient], () => [_identity], time, random.Fill)),
            Providers = guard => Providers(life, time, random, guard, _options.Interposed.Provider),
            Secrets = Secrets,
            Holder = $"rehearsal, life {_lives}",
            Observer = observer,
            Guard = _options.Interposed.Guard,
        };
        return (new Pipeline(Platform, environment), life);
    }

    /// <summary>
    /// What is declared, with the keys that are there, straight from the providers: what checkers hold the engine to.
    /// </summary>
    public async Task<IReadOnlyList<Resource>> DeclaredAsync()
    {
        var life = new Life(Clock);
        var providers = Providers(
            life, new LifeTimeProvider(life), new SeededRandom(0), NobodyWrites.Instance, static it => it);
        var complete = Platform;
        foreach (var (name, provider) in providers)
        {
            if (provider is ICompletesClusters keys)
            {
                complete = complete with
                {
                    Clusters = complete.Clusters.With(
                        name, await keys.CompleteAsync(complete.Clusters[name], CancellationToken.None)),
                };
            }
        }

        return [.. providers.SelectMany(entry =>
            entry.Value.ResourcesOf(complete, complete.Clusters[entry.Key], Secrets))];
    }

    /// <summary>The Kubernetes of a cluster on its machines where it runs now.</summary>
    public IEnumerable<SimulatedCluster> ClustersOf(Cluster cluster) => cluster.Distribution is Distribution.Talos
        ? Site.Talos.Clusters.Where(each => each.IsRunning && each.Nodes.Any(node =>
            cluster.NodePools.Values.SelectMany(pool => pool.NodeNames()).Contains(node.Name)))
        : Site.Clusters.All.Where(each => each.IsRunning
            && each.Machine.Name.StartsWith($"{Platform.Name}-{cluster.Name}-", StringComparison.Ordinal));

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
        var wires = new Dictionary<IWorld, HttpMessageHandler>();
        var environment = new ClusterEnvironment
        {
            Provider = new ProviderEnvironment
            {
                Time = time,
                Random = random,
                Transport = new SiteTransport(address => WireTo(life, wires, Site.At(address))),
                Guard = guard,
                Environment = static _ => null,
            },
            Processes = ProcessesOf(life),
            Wire = (connection, _) => WireTo(life, wires, Site.ApiServer(connection))
                ?? throw new InvariantException("an API server has a wire"),
            ProxmoxWire = _ => new SiteTransport(address => WireTo(life, wires, Site.At(address))),
            Keys = new KeyPool(_options.Seed),
            Declaration = _made.Watching(new SimulatedStateFiles(Declaration, life, time, Crashes)
            {
                Writing = name => Writing(life, $"keep {name}"),
            }),
            CacheFolder = "/cache",
            Recipients = [_identity.Recipient],
            Identities = () => [_identity],
        };
        return Platform.Clusters.Values.ToDictionary(
            cluster => cluster.Name,
            cluster => interpose(ClusterProvider.Create(environment, Platform, cluster, Secrets)),
            StringComparer.Ordinal);
    }

    private IProcessRunner ProcessesOf(Life life)
    {
        var programs = new SiteProcesses(
            life,
            new ProcessSettings
            {
                Machines = Site.Machines,
                Crashes = Crashes,
                Asked = Site.Service.Asked,
                Faults = Breaks,
                Ran = Site.Service.Ran,
                UserKeys = AgentKeys(),
                Sending = request => Writing(life, $"{request.Program} {request.Address?.Text}"),
            },
            Git);
        return _options.Interposed.Processes(new WatchedProcesses(programs, request => Starting(request)), this);
    }

    private HttpMessageHandler? WireTo(Life life, Dictionary<IWorld, HttpMessageHandler> wires, IWorld? world)
    {
        if (world is null)
            return null;
        if (!wires.TryGetValue(world, out var wire))
        {
            wires[world] = wire = _options.Interposed.Wire(new SimulatedTransport(life, new WireSettings
            {
                World = world,
                Faults = Faults,
                Crashes = Crashes,
                Log = LogOf(world.Name),
                Sending = request => Writing(life, $"{request.Method} {request.Path}"),
            }));
        }

        return wire;
    }

    /// <summary>Where the declaration names no private key, the person's own agent has it.</summary>
    private string[] AgentKeys() =>
    [
        .. Platform.Clusters.Values.Select(cluster => cluster.Infrastructure).OfType<Infrastructure.Hetzner>()
            .Select(settings => settings.SshKey).OfType<SshKey>().Where(key => key.Private is null)
            .Select(key => Secrets.Find(key.Public)),
        .. Secrets.Has(PlatformSite.Administrator) ? [Secrets.Find(PlatformSite.Administrator)] : Array.Empty<string>(),
    ];

    /// <summary>A program's connection breaks before the other side hears of it, or before it has answered.</summary>
    private ProcessFault Breaks(ProcessRequest request)
    {
        var call = new WorldRequest
        {
            Method = request.Program,
            Path = string.Join(' ', request.Arguments),
            Body = request.Input,
        };
        if (_programFaults.For(call, ProgramLog.AttemptOf(call)).Kind is not { } kind)
            return ProcessFault.None;
        ProgramLog.Count(kind);
        return kind == FaultKind.LostRequest ? ProcessFault.LostBefore : ProcessFault.LostAfter;
    }

    private WireLog LogOf(string world)
    {
        if (!Logs.TryGetValue(world, out var log))
        {
            Logs[world] = log = new WireLog();
            log.Watch((request, _) => Exchanged(world, request));
        }

        return log;
    }

    private sealed class NobodyWrites : IWriterGuard
    {
        public static NobodyWrites Instance { get; } = new();

        public Task EnsureAsync(TimeSpan requestTimeout, CancellationToken cancellation) =>
            throw new ProviderException(ProviderErrorCode.NotWriter, "a checker was about to change something");
    }
}
