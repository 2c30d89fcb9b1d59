using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Git;
using Orrery.Simulation.Git;
using Orrery.Tests.Programs;
using Orrery.Tests.Providers;
using Orrery.Tests.Providers.Git;
using Orrery.Tests.Simulation.GitHub;

namespace Orrery.Tests.Simulation.Git;

public sealed class SimulatedGitTests
{
    private readonly GitHubDriver _hub = new();

    [ProgramFact("git")]
    public async Task The_simulated_program_makes_the_same_commits_as_the_real_one()
    {
        using var scene = await GitScene.CreateAsync();
        var real = scene.Open();
        using var simulated = Open(Runner(), GitHubDriver.Token);
        GitChange[] changes =
        [
            GitScene.Change(("a b/ü.yaml", "one\n"), ("top", ""), ("top-level", "x"), ("top.d/x", "y")),
            GitScene.Change(("top.d", "now a file"), ("a b/c/d/e", "deep")) with { Removed = ["top", "none"] },
            GitScene.Change(("top.d", "now a file")),
            GitScene.Change(("z", "1")) with { Removed = ["a b/ü.yaml", "a b/c/d/e"], Message = "Two\n\nlines\n" },
        ];
        foreach (var change in changes)
        {
            var expected = await real.CommitAsync(change, GitScene.Quiet, default);
            (await simulated.CommitAsync(change, GitScene.Quiet, default)).ShouldBe(expected);
            (await simulated.ListAsync([], default)).ShouldBe(await real.ListAsync([], default));
            (await simulated.ReadAsync(["top.d"], default)).ShouldBe(await real.ReadAsync(["top.d"], default));
        }
    }

    [Fact]
    public async Task Who_comes_second_starts_anew_and_loses_nothing()
    {
        _hub.Commit("main", "theirs/1", "1");
        var runner = Runner();
        runner.BeforePush = () => _hub.Commit("main", "theirs/2", "2");
        using var repository = Open(runner, GitHubDriver.Token);

        var pushed = await repository.CommitAsync(GitScene.Change(("ours", "x")), GitScene.Quiet, default);

        _hub.Platform.Head("main").ShouldBe(pushed.Commit);
        _hub.Platform.FilesOf(pushed.Commit).Keys.ShouldBe(["ours", "theirs/1", "theirs/2"]);
        _hub.Platform.History(pushed.Commit).Count.ShouldBe(3);
        // The first word is of a cache that is still empty.
        runner.Errors.Count.ShouldBe(2);
        runner.Errors[0].ShouldContain("Needed a single revision");
        runner.Errors[1].ShouldContain("! [rejected]");
        runner.Errors[1].ShouldContain("(stale info)");
        runner.Git.HoldsCredential.ShouldBeFalse("the cache is told to forget after each use");
    }

    [Theory]
    [InlineData(GitHubDriver.Url, "ghp_wrong", ProviderErrorCode.Unauthorized, "Invalid username or token")]
    [InlineData(GitHubDriver.Url, null, ProviderErrorCode.Unauthorized, "could not read Username")]
    [InlineData(GitHubDriver.Url, "ghp_stranger", ProviderErrorCode.NotFound, "Repository not found")]
    [InlineData(GitHubDriver.Url, GitHubDriver.ReaderToken, ProviderErrorCode.Unauthorized, "denied to reader")]
    [InlineData("https://github.com/octocat/none", GitHubDriver.Token, ProviderErrorCode.NotFound, "not found")]
    [InlineData(
        "https://github.com/octocat/guarded", GitHubDriver.Token, ProviderErrorCode.Unauthorized, "is protected")]
    [InlineData("https://elsewhere.example/a/b", GitHubDriver.Token, ProviderErrorCode.Unavailable, "resolve host")]
    public void What_the_host_refuses_is_said_in_its_words(
        string url, string? token, ProviderErrorCode code, string said)
    {
        _hub.Remotes.Find("https://github.com/octocat/guarded")!
            .Commit("main", ValueMap.Of(("a", "1")), [], new GitNote("x", "They <t@e>", default));
        var time = new VirtualTime();
        using var repository = new GitRepository(Runner(), new GitRemote(url, "main"), "/cache", token, time);
        var refused = Should.Throw<ProviderException>(() => time.Run(
            () => repository.CommitAsync(GitScene.Change(("ours", "x")), GitScene.Quiet, default)));
        refused.Code.ShouldBe(code, refused.Message);
        refused.Message.ShouldContain(said);
    }

    [Fact]
    public async Task A_deploy_key_reads_its_repository_only_and_only_reads()
    {
        _hub.Commit("main", "a", "1");
        _hub.AddKey(1).Status.ShouldBe(201);
        var runner = Runner(GitHubDriver.Key(1));
        using var own = new GitRepository(
            runner, new GitRemote(GitHubDriver.SshUrl, "main"), "/cache", null, TimeProvider.System);
        (await own.ReadAsync([], default)).ShouldBe(ValueMap.Of(("a", "1")));
        var push = await own.CommitAsync(GitScene.Change(("b", "2")), GitScene.Quiet, default)
            .ShouldThrowAsync<ProviderException>();
        push.Message.ShouldContain("has been marked as read only");

        using var other = new GitRepository(
            runner, new GitRemote("git@github.com:octocat/guarded.git", "main"), "/other", null, TimeProvider.System);
        (await other.ListAsync([], default).ShouldThrowAsync<ProviderException>()).Code
            .ShouldBe(ProviderErrorCode.NotFound);

        _hub.World.RevokeDeployKey("octocat", "platform", "orrery");
        (await own.ListAsync([], default).ShouldThrowAsync<ProviderException>()).Message
            .ShouldContain("Permission denied (publickey)");
    }

    [Theory]
    [InlineData(false, "(fetch first)")]
    [InlineData(true, "(non-fast-forward)")]
    public void A_push_that_would_lose_commits_is_rejected(bool hasFetched, string why)
    {
        _hub.Commit("main", "a", "1");
        var git = Runner(GitHubDriver.Key(100)).Git;
        Run(git, "init", "--bare", "--", "/cache").ExitCode.ShouldBe(0);
        Run(git, "fetch", "--", GitHubDriver.SshUrl, "+refs/heads/main:refs/mine").ExitCode.ShouldBe(0);
        _hub.Commit("main", "a", "2");
        if (hasFetched)
            Run(git, "fetch", "--", GitHubDriver.SshUrl, "+refs/heads/main:refs/new").ExitCode.ShouldBe(0);
        var import =
            "commit refs/mine\ncommitter T <t@e> 1 +0000\ndata 1\nx\nfrom refs/mine\nM 644 inline b\ndata 1\ny\n";
        Run(git, Encoding.UTF8.GetBytes(import), "fast-import", "--quiet").ExitCode.ShouldBe(0);

        var pushed = Run(git, "push", "--", GitHubDriver.SshUrl, "refs/mine:refs/heads/main");

        pushed.ExitCode.ShouldBe(1);
        pushed.Error.ShouldContain($" ! [rejected]        refs/mine -> main {why}\n");
    }

    [Theory]
    [InlineData("gc", 1, "git: 'gc' is not a git command.")]
    [InlineData("rev-parse", 128, "not a git repository: '/none'")]
    public void What_it_does_not_know_it_says(string command, int code, string said)
    {
        var result = Runner().Git.Run(new ProcessRequest
        {
            Program = "git",
            Arguments = [command],
            Environment = ValueMap.Of(("GIT_DIR", "/none")),
        }).Result;
        result.ExitCode.ShouldBe(code);
        result.Error.ShouldContain(said);
    }

    private static ProcessResult Run(SimulatedGit git, params string[] arguments) => Run(git, [], arguments);

    private static ProcessResult Run(SimulatedGit git, byte[] input, params string[] arguments) =>
        git.Run(new ProcessRequest
        {
            Program = "git",
            Arguments = arguments.ToValueList(),
            Environment = ValueMap.Of(("GIT_DIR", "/cache")),
            Input = input,
        }).Result;

    private static GitRepository Open(GitRunner runner, string? token) =>
        new(runner, new GitRemote(GitHubDriver.Url, "main"), "/cache", token, TimeProvider.System);

    private GitRunner Runner(params string[] keys) =>
        new(new SimulatedGit(_hub.Remotes, new SimulatedGitOptions { SshKeys = keys.ToValueList() }));

    /// <summary>The simulated program in the place of all programs.</summary>
    private sealed class GitRunner(SimulatedGit git) : IProcessRunner
    {
        public SimulatedGit Git => git;

        public List<string> Errors { get; } = [];

        /// <summary>Happens once, before the first push.</summary>
        public Action? BeforePush { get; set; }

        public Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellation)
        {
            if (request.Arguments[0] == "push" && BeforePush is { } before)
            {
                BeforePush = null;
                before();
            }

            var run = git.Run(request);
            if (run.Result.ExitCode != 0)
                Errors.Add(run.Result.Error);
            (run.IsNetwork && run.Took > TimeSpan.Zero)
                .ShouldBe(request.Arguments[0] is "push" or "fetch" or "ls-remote");
            return Task.FromResult(run.Result);
        }

        public Task<IRunningProcess> StartAsync(ProcessRequest request, CancellationToken cancellation) =>
            throw new NotSupportedException(request.Program);
    }
}
