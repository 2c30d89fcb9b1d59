using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Rehearsal.Stages;
using Orrery.Secrets.Ssh;
using Orrery.Simulation.Git;
using Orrery.Simulation.GitHub;
using Orrery.Simulation.Hetzner;
using Orrery.Simulation.Machines;
using Orrery.Simulation.Sites;
using Orrery.Simulation.Time;
using Orrery.Simulation.Worlds;

namespace Orrery.Tests.Cli;

/// <summary>
/// A Hetzner Cloud and a GitHub behind the wires of a command line, with machines and clusters in it: everybody works a
/// second on each action.
/// </summary>
internal sealed class SimulatedCloud : IDisposable
{
    public const string Token = "simulated-hetzner-token";

    public const string GitHubToken = "simulated-github-token";

    private const double Speed = 20;

    private static readonly DateTimeOffset Epoch = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private static readonly SshKeyPair Pair = SshKeyPair.Generate(new KeyPool(3).For("admin").Fill, "");

    private readonly LiveSite _live;

    public SimulatedCloud()
    {
        _live = new LiveSite(new Site(new SiteOptions
        {
            Epoch = Epoch,
            Hetzner = new HetznerWorldOptions
            {
                Token = Token,
                Latencies = new HetznerLatencies
                {
                    Actions = ValueMap.From(new HetznerLatencies().Actions.Keys.Select(
                        action => KeyValuePair.Create(action, Moment))),
                    GuestShutdown = Moment,
                },
                FloatingIps = [new PresetFloatingIp { Name = "adopted-1", Address = "49.12.115.123" }],
            },
            GitHub = new GitHubWorldOptions
            {
                Epoch = Epoch,
                Users = [new GitHubUser("example") { Tokens = [new GitHubToken(GitHubToken)] }],
                Repositories = [new GitHubRepository("example", "moonrepo")],
            },
            Machines = new MachineLatencies
            {
                Kernel = Moment,
                CloudInitStage = Moment / 10,
                DeviceAppears = Moment / 2,
                Shutdown = Moment,
                Package = Moment / 10,
                PackageLists = Moment / 10,
                DownloadBytesPerSecond = 1_000_000_000,
                K3sReady = Moment,
            },
        }), new ScaledTimeProvider(TimeProvider.System, Speed, Epoch))
        {
            // None left of anything whose path says so.
            Faults = request => Broken is { } path && request.Path.Contains(path, StringComparison.Ordinal)
                && request.Method != "GET"
                    ? WorldFault.ResourceUnavailable
                    : null,
        };
        Processes = _live.Processes(new SimulatedGitOptions());
    }

    /// <summary>Kinds whose objects are named by chance, or come and go.</summary>
    public static IReadOnlyList<string> Passing { get; } =
        ["Event", "Pod", "ReplicaSet", "ControllerRevision", "EndpointSlice", "Job", "Lease"];

    /// <summary>The key that its machines let in.</summary>
    public static string PublicKey => Pair.PublicKey;

    public static string PrivateKey => Pair.ExportPrivateKey();

    public TimeProvider Time => _live.Time;

    /// <summary>Paths that are answered with an error of the server, as long as this is set.</summary>
    public string? Broken { get; set; }

    public IProcessRunner Processes { get; }

    public HttpMessageHandler Connect() => _live.Internet();

    public HttpMessageHandler ApiServer(Connection connection) => _live.ApiServer(connection);

    /// <summary>Somebody else, in the console, changes something.</summary>
    public int Send(string method, string path, string? json)
    {
        var (kind, name) = path.Split('/') is ["", var first, var second, ..] ? (first, second) : ("", "");
        return _live.Use(site =>
        {
            var named = site.Hetzner.Inventory()
                .FirstOrDefault(item => item.Kind == kind && item.Name.Contains(name, StringComparison.Ordinal));
            var full = named is null ? path : path.Replace(name, $"{named.Id}", StringComparison.Ordinal);
            return _live.Handle(_ => site.Hetzner, new WorldRequest
            {
                Method = method,
                Path = $"/v1{full}",
                Headers = ValueMap.Of(("authorization", $"Bearer {Token}")),
                Body = json is null ? default : System.Text.Encoding.UTF8.GetBytes(json),
            }).Status;
        });
    }

    /// <summary>
    /// All there is, a line each: things of the cloud, branches of the repository, and objects of clusters except
    /// those that are named by chance and what comes and goes.
    /// </summary>
    public IReadOnlyList<string> Things() => _live.Use<IReadOnlyList<string>>(site =>
    [
        .. site.Hetzner.Inventory().Select(item => $"{item.Kind} {item.Name}"),
        .. site.Remotes.Find("https://github.com/example/moonrepo")?.References.Select(branch => branch.Key) ?? [],
        .. site.Clusters.All.Where(cluster => cluster.IsRunning).SelectMany(cluster => cluster.Api.Store.Kinds.Stored
            .Where(kind => !Passing.Contains(kind.Kind))
            .SelectMany(kind => cluster.Api.Store.List(kind.ApiVersion, kind.Kind))
            .Select(item => $"{item["kind"]} {item["metadata"]?["namespace"]} {item["metadata"]?["name"]}")),
    ]);

    /// <summary>The id of what the cloud calls so.</summary>
    public string IdOf(string kind, string name) => _live.Use(site =>
        $"{site.Hetzner.Inventory().Single(item => item.Kind == kind && item.Name == name).Id}");

    public void Dispose() => _live.Dispose();
}
