using System.Net;
using Orrery.Cli.Composition;
using Orrery.Model.Platforms;
using Orrery.Rehearsal.Stages;
using Orrery.Simulation.Sites;
using Orrery.Simulation.Time;
using Orrery.Simulation.Worlds;

namespace Orrery.Cli.Simulating;

/// <summary>
/// The outside world of one platform on sockets of this computer, with all that another <c>orrery</c> needs to work in
/// it. Disposing closes them and removes what was written for them.
/// </summary>
internal sealed class ServedSite : IAsyncDisposable
{
    /// <summary>How often it is looked what is new, in real time: a cluster that answers, a commit.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    // The paths under which Hetzner and an own server of GitHub have their APIs.
    private const string Hetzner = "/v1";
    private const string GitHub = "/api/v3";

    private readonly string _folder = Directory.CreateTempSubdirectory("orrery-simulate-").FullName;
    private readonly Host _host;
    private readonly LiveSite _live;
    private readonly ClusterDoors _clusters;
    private readonly CallDoor _ssh;
    private readonly GitFolder _git;
    private readonly CallDoor _pushes;
    private HttpDoor? _clouds;

    public ServedSite(Host host, Platform platform, ThrowAwaySecrets secrets, double speed)
    {
        _host = host;
        var epoch = host.Time.GetUtcNow();
        var options = PlatformSite.Of(platform, secrets, seed: 1, epoch);
        _live = new LiveSite(new Site(options), new ScaledTimeProvider(host.Time, speed, epoch));
        _clusters = new ClusterDoors(_live, _folder);
        _ssh = new CallDoor(new SshDoor(_live, _clusters).AnswerAsync);
        _git = new GitFolder(_live, platform.Repository.Url, RepositoryFolder);
        _pushes = new CallDoor(_git.AnswerAsync);
        Repository = platform.Repository.Url;
    }

    private string Repository { get; }

    private string RepositoryFolder => Path.Combine(_folder, "repository.git");

    /// <summary>Opens the clouds' socket and gives the variables that lead to all of it.</summary>
    public async Task<IReadOnlyList<(string Name, string Value)>> OpenAsync(IPEndPoint at)
    {
        _clouds = await HttpDoor.OpenAsync(_live, at, null, static (request, _) => Route(request));
        StandIns.WriteHook(RepositoryFolder, _pushes);
        _git.Follow();
        var address = $"http://{new IPEndPoint(at.Address, _clouds.Port)}";
        return
        [
            ("HCLOUD_ENDPOINT", $"{address}{Hetzner}"),
            ("GITHUB_API_URL", $"{address}{GitHub}"),
            ("ORRERY_SSH", StandIns.WriteSsh(_folder, _ssh)),
            ("ORRERY_GIT", StandIns.WriteGit(_folder, RepositoryFolder, Repository)),
            ("GIT_CONFIG_COUNT", "1"),
            ("GIT_CONFIG_KEY_0", $"url.{RepositoryFolder}.insteadOf"),
            ("GIT_CONFIG_VALUE_0", Repository),
        ];
    }

    /// <summary>Keeps doors and repository as the site is, until it is told to stop.</summary>
    public async Task RunAsync(Action<string> kubeconfig, CancellationToken stopped)
    {
        var isTold = false;
        while (!stopped.IsCancellationRequested)
        {
            _git.Follow();
            if (await _clusters.RefreshAsync() && !isTold)
            {
                isTold = true;
                kubeconfig(_clusters.Kubeconfig);
            }

            await Task.Delay(Interval, _host.Time, stopped).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ssh.DisposeAsync();
        await _pushes.DisposeAsync();
        await _clusters.DisposeAsync();
        if (_clouds is not null)
            await _clouds.DisposeAsync();
        _live.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static (Func<Site, IWorld> World, WorldRequest Request)? Route(WorldRequest request) =>
        request.Path.StartsWith($"{Hetzner}/", StringComparison.Ordinal)
            ? (static site => site.Hetzner, request)
            : request.Path.StartsWith($"{GitHub}/", StringComparison.Ordinal)
                ? (static site => site.GitHub, request with { Path = request.Path[GitHub.Length..] })
                : null;
}
