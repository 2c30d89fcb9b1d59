using System.Net;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Git;
using Orrery.Providers.Ssh;
using Orrery.Tests.Engine;
using Orrery.Tests.Programs;
using Orrery.Tests.Providers.Ssh;

namespace Orrery.Tests.Providers.Git;

/// <summary>The system's git on real bare repositories.</summary>
public class GitRepositoryTests
{
    [ProgramFact("git")]
    public async Task The_first_commit_makes_the_branch()
    {
        using var scene = await GitScene.CreateAsync();
        var repository = scene.Open();
        (await repository.ListAsync([], default)).Commit.ShouldBeNull();

        var pushed = await repository.CommitAsync(
            GitScene.Change(("a b/ü.yaml", "one\n"), ("top", "")), GitScene.Quiet, default);

        pushed.Changed.ShouldBeTrue();
        (await scene.SeeAsync("rev-parse", "main")).ShouldBe(pushed.Commit);
        (await scene.SeeAsync("show", "main:a b/ü.yaml")).ShouldBe("one");
        (await repository.ReadAsync(["a b"], default)).ShouldBe(ValueMap.Of(("a b/ü.yaml", "one\n")));
    }

    [ProgramFact("git")]
    public async Task A_commit_has_the_same_bytes_everywhere()
    {
        using var scene = await GitScene.CreateAsync();
        using var other = await GitScene.CreateAsync();
        var change = GitScene.Change(("a", "1"), ("b/c", "2"));

        var here = await scene.Open().CommitAsync(change, GitScene.Quiet, default);
        var there = await other.Open().CommitAsync(change, GitScene.Quiet, default);

        there.Commit.ShouldBe(here.Commit);
        (await scene.SeeAsync("log", "-1", "--format=%an <%ae> %at %cn %ct %B"))
            .ShouldBe("Orrery <orrery@example.com> 1793606400 Orrery 1793606400 Write the tree");
    }

    [ProgramFact("git")]
    public async Task One_commit_adds_replaces_and_deletes_and_leaves_the_rest()
    {
        using var scene = await GitScene.CreateAsync();
        await scene.TheyPushAsync("theirs/file", "theirs");
        var repository = scene.Open();
        await repository.CommitAsync(
            GitScene.Change(("ours/old", "1"), ("ours/same", "2"), ("ours/new", "3")), GitScene.Quiet, default);

        await repository.CommitAsync(
            GitScene.Change(("ours/new", "4"), ("ours/added", "5")) with { Removed = ["ours/old", "ours/never"] },
            GitScene.Quiet, default);

        (await scene.SeeAsync("ls-tree", "-r", "--name-only", "main"))
            .ShouldBe("ours/added\nours/new\nours/same\ntheirs/file");
        (await scene.SeeAsync("rev-list", "--count", "main")).ShouldBe("3");
        (await repository.ReadAsync(["ours"], default)).ShouldBe(
            ValueMap.Of(("ours/added", "5"), ("ours/new", "4"), ("ours/same", "2")));
    }

    [ProgramFact("git")]
    public async Task What_is_so_already_is_not_committed_again()
    {
        using var scene = await GitScene.CreateAsync();
        var change = GitScene.Change(("a", "1"));
        var first = await scene.Open().CommitAsync(change, GitScene.Quiet, default);

        var later = change with { Time = GitScene.Time.AddDays(1) };
        var second = await scene.Open(cache: "another").CommitAsync(later, GitScene.Quiet, default);

        second.ShouldBe(new GitPushed(first.Commit, Changed: false));
        (await scene.SeeAsync("rev-list", "--count", "main")).ShouldBe("1");
    }

    [ProgramFact("git")]
    public async Task A_push_that_comes_second_starts_anew_on_the_new_head()
    {
        using var scene = await GitScene.CreateAsync();
        await scene.TheyPushAsync("theirs/1", "1");
        var runner = new Interfering(before: () => scene.TheyPushAsync("theirs/2", "2"));

        var pushed = await scene.Open(runner).CommitAsync(GitScene.Change(("ours", "x")), GitScene.Quiet, default);

        runner.Pushes.ShouldBe(2);
        (await scene.SeeAsync("rev-parse", "main")).ShouldBe(pushed.Commit);
        (await scene.SeeAsync("ls-tree", "-r", "--name-only", "main")).ShouldBe("ours\ntheirs/1\ntheirs/2");
    }

    [ProgramFact("git")]
    public async Task A_push_whose_reply_is_lost_is_found_at_the_remote()
    {
        using var scene = await GitScene.CreateAsync();
        var runner = new Interfering(loses: true);

        var pushed = await scene.Open(runner).CommitAsync(GitScene.Change(("ours", "x")), GitScene.Quiet, default);

        pushed.Changed.ShouldBeTrue();
        runner.Pushes.ShouldBe(1);
        (await scene.SeeAsync("rev-parse", "main")).ShouldBe(pushed.Commit);
    }

    [ProgramFact("git")]
    public async Task A_push_that_the_remote_refuses_says_why()
    {
        using var scene = await GitScene.CreateAsync();
        var hook = Path.Combine(scene.Origin, "hooks", "pre-receive");
        Directory.CreateDirectory(Path.GetDirectoryName(hook)!);
        await File.WriteAllTextAsync(hook, "#!/bin/sh\necho 'GH006: protected branch update failed' >&2\nexit 1\n");
        UnixMode.Set(hook, "0755");

        var refused = await scene.Open().CommitAsync(GitScene.Change(("a", "1")), GitScene.Quiet, default)
            .ShouldThrowAsync<ProviderException>();

        refused.Code.ShouldBe(ProviderErrorCode.Unauthorized);
        refused.Message.ShouldContain("set push to pull-request");
    }

    [ProgramFact("git")]
    public async Task A_repository_that_is_not_there_is_told()
    {
        using var scene = await GitScene.CreateAsync();
        var remote = new GitRemote($"file://{scene.Folder}/none.git", "main");
        var refused = await scene.Open(remote: remote).ListAsync([], default).ShouldThrowAsync<ProviderException>();
        refused.Code.ShouldBe(ProviderErrorCode.NotFound);
    }

    [ProgramFact("git")]
    public async Task A_proposal_goes_to_a_branch_of_its_own_and_follows_the_base()
    {
        using var scene = await GitScene.CreateAsync();
        await scene.TheyPushAsync("theirs/1", "1");
        var change = GitScene.Change(("ours", "x")) with { Proposal = "orrery/prod" };
        var repository = scene.Open();

        var first = await repository.CommitAsync(change, GitScene.Quiet, default);
        var again = await repository.CommitAsync(change, GitScene.Quiet, default);
        await scene.TheyPushAsync("theirs/2", "2");
        var rebased = await repository.CommitAsync(change, GitScene.Quiet, default);

        again.ShouldBe(new GitPushed(first.Commit, Changed: false));
        rebased.Changed.ShouldBeTrue();
        (await scene.SeeAsync("rev-parse", "orrery/prod")).ShouldBe(rebased.Commit);
        (await scene.SeeAsync("ls-tree", "-r", "--name-only", "main")).ShouldBe("theirs/1\ntheirs/2");
        (await scene.SeeAsync("ls-tree", "-r", "--name-only", "orrery/prod")).ShouldBe("ours\ntheirs/1\ntheirs/2");
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("a/.git/config")]
    [InlineData("/absolute")]
    [InlineData("a//b")]
    [InlineData("\"quoted")]
    [InlineData("line\nbreak")]
    public void A_path_that_git_would_read_otherwise_is_refused(string path) =>
        Should.Throw<ProviderException>(() => GitImport.Of(GitScene.Change((path, "")), null))
            .Code.ShouldBe(ProviderErrorCode.Invalid);

    [ProgramFact("git")]
    public async Task A_url_with_a_password_is_refused_without_showing_it()
    {
        using var scene = await GitScene.CreateAsync();
        var refused = await scene.Open(remote: new GitRemote("https://me:hunter2@example.com/x", "main"))
            .ListAsync([], default).ShouldThrowAsync<ProviderException>();
        refused.Message.ShouldBe("the URL of the repository at example.com must not carry a password");
    }

    [ProgramFact("git")]
    public async Task The_token_reaches_the_server_and_nothing_else()
    {
        const string token = "ghp_planted_token";
        using var scene = await GitScene.CreateAsync();
        var (port, served) = Serve(token);
        using var repository = new GitRepository(
            SshServer.Runner, new GitRemote($"http://127.0.0.1:{port}/x.git", "main"),
            Path.Combine(scene.Folder, "cache"), token, TimeProvider.System);

        var refused = await repository.ListAsync([], default).ShouldThrowAsync<ProviderException>();

        refused.ToString().ShouldNotContain(token);
        refused.Code.ShouldBe(ProviderErrorCode.Unauthorized);
        var (authorization, seen) = await served;
        authorization.ShouldBe(
            $"Basic {Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"x-access-token:{token}"))}");
        seen.ShouldBeEmpty();
        Directory.GetFiles(Path.Combine(scene.Folder, "cache"), "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith("/socket", StringComparison.Ordinal))
            .Where(file => File.ReadAllText(file).Contains(token, StringComparison.Ordinal)).ShouldBeEmpty();
        await Eventually.HoldsAsync(
            () => !File.Exists(Path.Combine(scene.Folder, "cache/credentials/socket")), "the cache has ended");
    }

    [ProgramFact("sshd")]
    public async Task A_repository_behind_ssh_is_read_and_written()
    {
        using var scene = await GitScene.CreateAsync();
        await using var server = await SshServer.StartAsync();
        await using var agent = await PrivateAgent.StartAsync(
            SshServer.Runner, server.User.ExportPrivateKey(), default);
        var runner = new Orrery.Providers.Processes.ProcessRunner(
            TimeProvider.System,
            name => name == "SSH_AUTH_SOCK" ? agent.Socket : Environment.GetEnvironmentVariable(name),
            FreeWriter.Instance);
        var known = Path.Combine(server.Folder, "known");
        await File.WriteAllTextAsync(known, $"[127.0.0.1]:{server.Host.Port} {server.Host.HostKeys[0]}\n");
        var remote = new GitRemote($"ssh://{server.Host.User}@127.0.0.1:{server.Host.Port}{scene.Origin}", "main")
        {
            SshCommand = $"ssh -F none -o BatchMode=yes -o UserKnownHostsFile={known}",
        };

        var pushed = await scene.Open(runner, remote).CommitAsync(
            GitScene.Change(("a", "1")), GitScene.Quiet, default);

        (await scene.SeeAsync("rev-parse", "main")).ShouldBe(pushed.Commit);
    }

    private static (int Port, Task<(string? Authorization, string[] Seen)> Served) Serve(string token)
    {
        var port = SshServer.FreePort();
        var listener = new HttpListener();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        return (port, ServeAsync(listener, token));
    }

    // Asks for a password, looks at all processes while the second request waits, and refuses.
    private static async Task<(string? Authorization, string[] Seen)> ServeAsync(HttpListener given, string token)
    {
        using var listener = given;
        while (true)
        {
            var context = await listener.GetContextAsync();
            var authorization = context.Request.Headers["Authorization"];
            var seen = authorization is null ? [] : ProcessesWith(token).ToArray();
            context.Response.StatusCode = authorization is null ? 401 : 403;
            context.Response.Headers["WWW-Authenticate"] = "Basic realm=\"git\"";
            context.Response.Close();
            if (authorization is not null)
                return (authorization, seen);
        }
    }

    private static IEnumerable<string> ProcessesWith(string text) =>
        from process in Directory.EnumerateDirectories("/proc")
        from file in new[] { "cmdline", "environ" }
        let path = Path.Combine(process, file)
        where Holds(path, text)
        select path;

    private static bool Holds(string path, string text)
    {
        try
        {
            return File.ReadAllText(path).Contains(text, StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // No process, or one that has just ended.
            return false;
        }
    }

    /// <summary>Lets something happen right before the first push, or loses the reply of the first.</summary>
    private sealed class Interfering(Func<Task>? before = null, bool loses = false) : IProcessRunner
    {
        public int Pushes { get; private set; }

        public async Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellation)
        {
            var isFirst = request.Arguments[0] == "push" && Pushes++ == 0;
            if (isFirst && before is not null)
                await before();
            var result = await SshServer.Runner.RunAsync(request, cancellation);
            return isFirst && loses
                ? throw new ProviderException(ProviderErrorCode.Timeout, "git did not end within 120 s and was ended")
                : result;
        }

        public Task<IRunningProcess> StartAsync(ProcessRequest request, CancellationToken cancellation) =>
            SshServer.Runner.StartAsync(request, cancellation);
    }
}
