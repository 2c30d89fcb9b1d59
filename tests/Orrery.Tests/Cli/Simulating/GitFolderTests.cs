using Orrery.Cli.Simulating;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Simulation.Git;
using Orrery.Simulation.GitHub;
using Orrery.Simulation.Sites;
using Orrery.Tests.Programs;
using Orrery.Tests.Providers.Ssh;

namespace Orrery.Tests.Cli.Simulating;

/// <summary>The real git at a repository whose truth is in a site.</summary>
public sealed class GitFolderTests : IAsyncDisposable
{
    private const string Url = "https://github.com/example/moonrepo";

    private readonly string _root = Directory.CreateTempSubdirectory("orrery-git-").FullName;
    private readonly LiveSite _live = new(
        new Site(new SiteOptions
        {
            GitHub = new GitHubWorldOptions
            {
                Users = [new GitHubUser("example")],
                Repositories = [new GitHubRepository("example", "moonrepo")],
            },
        }),
        TimeProvider.System);

    private readonly GitFolder _folder;
    private readonly CallDoor _door;

    public GitFolderTests()
    {
        _folder = new GitFolder(_live, Url, Repository);
        _door = new CallDoor(_folder.AnswerAsync);
        StandIns.WriteHook(Repository, _door);
    }

    private string Repository => Path.Combine(_root, "repository.git");

    private string Clone => Path.Combine(_root, "clone");

    public async ValueTask DisposeAsync()
    {
        await _door.DisposeAsync();
        _live.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [ProgramFact("git")]
    public async Task A_push_is_in_the_site_when_it_ends_whoever_looks_meanwhile()
    {
        await CloneAsync();
        using var stop = new CancellationTokenSource();
        var looking = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                _folder.Follow();
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            }
        });
        for (var round = 0; round < 3; round++)
        {
            await CommitAsync($"round {round}");
            await GitAsync("push", "--quiet", "origin", "HEAD:main");
            var head = await GitAsync("rev-parse", "HEAD");
            Head().ShouldBe(head.Trim());
        }

        await stop.CancelAsync();
        await looking;
        _folder.Follow();
        (await GitAsync("ls-remote", "origin", "refs/heads/main")).ShouldStartWith($"{Head()}");
    }

    [ProgramFact("git")]
    public async Task What_happens_in_the_site_is_found_and_not_pushed_over()
    {
        await CloneAsync();
        _live.Use(site => site.Remotes.Find(Url)!.Commit(
            "main", ValueMap.Of(("theirs.md", "theirs\n")), [],
            new GitNote("Theirs", "Ada <ada@example.org>", DateTimeOffset.UnixEpoch)));
        await CommitAsync("ours");

        var refused = await SshServer.Runner.RunAsync(
            new ProcessRequest { Program = "git", Arguments = ["-C", Clone, "push", "origin", "HEAD:main"] }, default);
        refused.ExitCode.ShouldNotBe(0);
        refused.Error.ShouldContain("cannot lock ref 'refs/heads/main': reference already exists");
        _folder.Follow();
        await GitAsync("fetch", "--quiet", "origin");
        (await GitAsync("show", "origin/main:theirs.md")).ShouldBe("theirs\n");
    }

    private string? Head() => _live.Use(site => site.Remotes.Find(Url)?.Head("main"));

    private async Task CloneAsync()
    {
        _folder.Follow();
        await ProgramRun.OutputAsync("git", [], "clone", "--quiet", Repository, Clone);
    }

    private Task<string> CommitAsync(string message) => GitAsync(
        "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "--quiet", "--allow-empty", "-m", message);

    private async Task<string> GitAsync(params string[] words) =>
        System.Text.Encoding.UTF8.GetString(await ProgramRun.OutputAsync("git", [], ["-C", Clone, .. words]));
}
