using System.Net;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Git;
using Orrery.Providers.GitHub;
using Orrery.Secrets.Ssh;
using Orrery.Tests.Contracts;
using Orrery.Tests.Engine;
using Orrery.Tests.Secrets;

namespace Orrery.Tests.Providers.GitHub;

/// <summary>Every exchange is held against GitHub's published contract.</summary>
public sealed class GitHubTests : IDisposable
{
    private const string Token = "ghp_planted_token";

    private static readonly GitHubName Repository = new("octocat", "platform");
    private static readonly Owner Us = new("cosmos-1a2b3c4d", new string('a', 32), 1);
    private static readonly ResourceAddress Address = ResourceAddress.Of("prod", "github/deploy-key", "prod");
    private static readonly OperationContext Quiet = OperationContext.Silent(Address);

    private readonly VirtualTime _time = new();
    private readonly FakeGitHub _world = new();
    private readonly ContractCheckingHandler _wire;

    public GitHubTests() =>
        _wire = new ContractCheckingHandler(new OpenApiContract(FakeGitHub.ContractFile, ""), _world);

    public void Dispose()
    {
        _wire.Dispose();
        _world.Dispose();
    }

    [ContractFact]
    public void A_key_is_registered_found_and_deleted()
    {
        var handler = Keys();
        var made = _time.Run(() => handler.CreateAsync(Request(1), Quiet, default));

        made.Name.ShouldBe($"orrery cosmos-1a2b3c4d {new string('a', 32)} 1");
        made.Owner.ShouldBe(Us);
        made.Properties.ShouldBe(Request(1).Desired);
        _world.Keys.Single()["read_only"]!.GetValue<bool>().ShouldBeTrue();
        _time.Run(() => handler.ReadAsync(made.Id, default)).ShouldBe(made);
        _time.Run(() => handler.AwaitReadyAsync(made.Id, Quiet, default)).ShouldBe(made);
        _time.Run(() => handler.FindExistingAsync(Request(1), default)).ShouldBe(made);
        _time.Run(() => handler.ListOwnedAsync(Us.PlatformId, default)).ShouldBe([made]);
        _time.Run(() => handler.ListOwnedAsync("another-00000000", default)).ShouldBeEmpty();
        _time.Run(() => handler.UpdateAsync(
            new UpdateRequest(made.Id, Us, made.Properties, made.Properties), Quiet, default)).ShouldBe(made);

        for (var times = 0; times < 2; times++)
            _time.Run(() => handler.DeleteAsync(new DeleteRequest(made.Id, Us, made.Properties), Quiet, default));

        _world.Keys.ShouldBeEmpty();
        _time.Run(() => handler.ReadAsync(made.Id, default)).ShouldBeNull();
        _time.Run(() => handler.ReadAsync("no-number", default)).ShouldBeNull();
        _world.Tokens.ShouldAllBe(token => token == $"Bearer {Token}");
        _wire.Report.ShouldBeClean();
    }

    [ContractFact]
    public void Keys_on_many_pages_are_all_listed()
    {
        var handler = Keys();
        for (var seed = 1; seed <= 101; seed++)
            _time.Run(() => handler.CreateAsync(Request(seed), Quiet, default));
        _time.Run(() => handler.ListOwnedAsync(Us.PlatformId, default)).Count.ShouldBe(101);
    }

    [ContractFact]
    public void A_key_that_is_used_elsewhere_is_a_conflict_that_says_where_to_look()
    {
        _world.KeysElsewhere.Add(Public(1));

        var refused = Refused(() => Keys().CreateAsync(Request(1), Quiet, default));

        refused.Code.ShouldBe(ProviderErrorCode.Conflict);
        refused.Message.ShouldBe(
            "GitHub refused POST /repos/octocat/platform/keys: Validation Failed; key is already in use (422). GitHub"
            + " lets a key be used once only: look for it among the deploy keys of octocat/platform, of your other"
            + " repositories, and the SSH keys of your account");
        _time.Run(() => Keys().FindExistingAsync(Request(1), default)).ShouldBeNull();
    }

    [ContractFact]
    public void A_key_of_somebody_else_is_not_deleted()
    {
        var made = _time.Run(() => Keys().CreateAsync(Request(1), Quiet, default));
        _world.Keys.Single()["title"] = "laptop";

        var refused = Refused(async () =>
        {
            await Keys().DeleteAsync(new DeleteRequest(made.Id, Us, made.Properties), Quiet, default);
            return 0;
        });

        refused.Code.ShouldBe(ProviderErrorCode.Foreign);
        refused.ForeignId.ShouldBe(made.Id);
        _world.Keys.ShouldHaveSingleItem();
    }

    [ContractFact]
    public void A_rate_limit_is_waited_for()
    {
        _world.Next.Enqueue(() =>
        {
            var reply = FakeGitHub.Refusal(403, "API rate limit exceeded for user ID 1.");
            reply.Headers.Add("X-RateLimit-Limit", "5000");
            reply.Headers.Add("X-RateLimit-Remaining", "0");
            return reply;
        });
        var wire = new ProviderEnvironmentOf(_world, _time);

        _time.Run(() => new DeployKeyHandler(wire.Client, Repository).ListOwnedAsync("x", default)).ShouldBeEmpty();

        _time.Now.ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [ContractTheory]
    [InlineData(401, ProviderErrorCode.Unauthorized)]
    [InlineData(403, ProviderErrorCode.Unauthorized)]
    [InlineData(404, ProviderErrorCode.NotFound)]
    [InlineData(422, ProviderErrorCode.Invalid)]
    public void A_refusal_has_a_meaning_and_shows_no_token(int status, ProviderErrorCode expected)
    {
        _world.Next.Enqueue(() => FakeGitHub.Refusal(status, $"Bad credentials {Token}"));
        var environment = new ProviderEnvironmentOf(_world, _time);
        var refused = Refused(() => new DeployKeyHandler(environment.Client, Repository).ListOwnedAsync("x", default));
        refused.Code.ShouldBe(expected);
        refused.ToString().ShouldNotContain(Token);
    }

    [ContractFact]
    public void A_pull_request_is_opened_once()
    {
        var pulls = new PullRequests(Client(), Repository);
        var proposal = new GitProposal(
            new GitRemote("https://github.com/octocat/platform", "main"), "orrery/prod", "Render prod");

        var opened = _time.Run(() => pulls.OpenAsync(proposal, Quiet, default));
        var again = _time.Run(() => pulls.OpenAsync(proposal, Quiet, default));

        opened.ShouldBe("https://github.com/octocat/Hello-World/pull/1347");
        again.ShouldBe(opened);
        _world.Pulls.ShouldHaveSingleItem();
        _wire.Report.Violations.ShouldBeEmpty();
    }

    [ContractFact]
    public void A_pull_request_whose_reply_is_lost_is_found()
    {
        var pulls = new PullRequests(new ProviderEnvironmentOf(_world, _time).Client, Repository);
        var remote = new GitRemote("https://github.com/octocat/platform", "main");
        var proposal = new GitProposal(remote, "orrery/prod", "x");
        _time.Run(() => pulls.OpenAsync(proposal, Quiet, default));
        // The first list does not show it yet, as lists at GitHub may lag.
        _world.Next.Enqueue(() => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("[]") });

        _time.Run(() => pulls.OpenAsync(proposal, Quiet, default)).ShouldContain("/pull/1347");
    }

    [ContractTheory]
    [InlineData("GITHUB_ENDPOINT", "ftp://example.com")]
    [InlineData("GITHUB_API_URL", "https://user:x@example.com")]
    public void An_endpoint_that_is_none_is_refused(string variable, string value) =>
        Should.Throw<ProviderException>(() => new ProviderEnvironmentOf(_world, _time, variable, value).Client)
            .Code.ShouldBe(ProviderErrorCode.Invalid);

    private static string Public(int seed) =>
        SshPublicKey.WithoutComment(SshKeyPair.Generate(SeededRandom.From(seed), "").PublicKey);

    private static CreateRequest Request(int seed) =>
        new(Address, "prod", Us, DeployKeyHandler.Desired(Repository, Public(seed)));

    private GitHubClient Client() => new ProviderEnvironmentOf(_wire, _time).Client;

    private DeployKeyHandler Keys() => new(Client(), Repository);

    private ProviderException Refused<T>(Func<Task<T>> action) =>
        Should.Throw<ProviderException>(() => _time.Run(action));

    private sealed class ProviderEnvironmentOf(
        HttpMessageHandler wire, TimeProvider time, string? variable = null, string? value = null) : IRandomSource
    {
        public GitHubClient Client => GitHubClient.Create(
            new ProviderEnvironment
            {
                Time = time,
                Random = this,
                Transport = wire,
                Guard = FreeWriter.Instance,
                Environment = name => name == variable ? value : null,
            },
            Token, "env: GITHUB_TOKEN");

        public double NextDouble() => 0.5;

        public void Fill(Span<byte> bytes) => bytes.Clear();
    }
}
