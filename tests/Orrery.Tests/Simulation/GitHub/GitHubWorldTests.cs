using System.Globalization;
using Orrery.Model.Values;
using Orrery.Simulation.GitHub;
using Orrery.Simulation.Worlds;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Simulation.GitHub;

public sealed class GitHubWorldTests
{
    private const string Keys = "/repos/octocat/platform/keys";
    private const string Pulls = "/repos/octocat/platform/pulls";

    private readonly GitHubDriver _hub = new();

    [ContractFact]
    public void Every_reply_keeps_to_the_contract()
    {
        var id = _hub.AddKey(1).Json.GetProperty("id").GetInt64();
        _hub.Get(Keys).Status.ShouldBe(200);
        _hub.Get($"{Keys}/{id}").Status.ShouldBe(200);
        _hub.Delete($"{Keys}/{id}").Status.ShouldBe(204);
        _hub.Get("/repos/octocat/platform").Status.ShouldBe(200);
        _hub.Get("/users/octocat").Status.ShouldBe(200);
        _hub.Get("/rate_limit").Status.ShouldBe(200);
        Propose().Status.ShouldBe(201);
        _hub.Get(Pulls).Json.GetArrayLength().ShouldBe(1);
        _hub.Get($"{Pulls}/1").Status.ShouldBe(200);
        _hub.AddKey(1).Status.ShouldBe(201);
        _hub.AddKey(1).Status.ShouldBe(422);

        _hub.Contract!.Report.ShouldBeClean();
    }

    [ContractFact]
    public void Every_operation_is_in_the_contract()
    {
        var operations = _hub.Contract!.Operations.ToHashSet();
        Routes.All.Select(route => $"{route.Method} {route.Template}").Where(route => !operations.Contains(route))
            .ShouldBeEmpty();
    }

    [Fact]
    public void A_deploy_key_is_listed_without_its_comment_until_it_is_deleted()
    {
        var made = _hub.AddKey(1, "orrery prod").Json;
        made.GetProperty("key").GetString().ShouldBe(GitHubDriver.Key(1));
        made.GetProperty("read_only").GetBoolean().ShouldBeTrue();

        var path = $"{Keys}/{made.GetProperty("id").GetInt64()}";
        _hub.Get(Keys).Json[0].GetProperty("title").GetString().ShouldBe("orrery prod");
        _hub.Delete(path).Status.ShouldBe(204);
        _hub.Get(path).Status.ShouldBe(404);
        _hub.Get(Keys).Json.GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public void A_key_is_used_once_in_all_of_GitHub()
    {
        _hub.AddKey(1).Status.ShouldBe(201);
        var body = $$"""{"key":"{{GitHubDriver.Key(1)}}"}""";
        var again = _hub.Post("/repos/octocat/open/keys", body);
        again.Status.ShouldBe(422);
        again.Error.ShouldBe("key is already in use");
        _hub.AddKey(100).Error.ShouldBe("key is already in use", "octocat's own key");
    }

    [Theory]
    [InlineData("{}", "Invalid request.\n\n\"key\" wasn't supplied.")]
    [InlineData("""{"key":"ssh-ed25519 AAAA"}""", "Validation Failed")]
    [InlineData("""{"key":"nothing"}""", "Validation Failed")]
    [InlineData("""{"key":5}""", "Invalid request.\n\nFor 'key', 5 is not a string.")]
    public void What_is_no_key_is_refused(string body, string message)
    {
        var refused = _hub.Post(Keys, body);
        refused.Status.ShouldBe(422);
        refused.Message.ShouldBe(message);
    }

    [Theory]
    [InlineData("ghp_wrong", Keys, 401, "Bad credentials")]
    [InlineData("ghp_stranger", Keys, 404, "Not Found")]
    [InlineData("ghp_stranger", "/repos/octocat/platform", 404, "Not Found")]
    [InlineData("ghp_stranger", "/repos/octocat/open/keys", 404, "Not Found")]
    [InlineData(GitHubDriver.ReaderToken, Keys, 404, "Not Found")]
    [InlineData(GitHubDriver.PushToken, Keys, 403, "Resource not accessible by personal access token")]
    [InlineData(null, "/repos/octocat/platform", 404, "Not Found")]
    [InlineData(null, "/repos/octocat/open/keys", 401, "Requires authentication")]
    [InlineData(GitHubDriver.Token, "/repos/octocat/none", 404, "Not Found")]
    public void Who_may_not_is_told_as_GitHub_tells_it(string? token, string path, int status, string message)
    {
        var refused = _hub.Get(path, token);
        refused.Status.ShouldBe(status);
        refused.Message.ShouldBe(message);
    }

    [Fact]
    public void A_request_without_the_name_of_its_sender_is_refused()
    {
        var reply = _hub.World.Handle(new WorldRequest { Method = "GET", Path = "/rate_limit" }, TimeSpan.Zero);
        reply.Status.ShouldBe(403);
        new GitHubReply(reply).Text.ShouldContain("User-Agent");
    }

    [Fact]
    public void The_budget_is_told_and_is_full_again_after_an_hour()
    {
        var hub = new GitHubDriver(requestsPerHour: 2);
        hub.Get(Keys).Reply.Headers["x-ratelimit-remaining"].ShouldBe("1");
        hub.Get(Keys).Reply.Headers["x-ratelimit-remaining"].ShouldBe("0");
        var refused = hub.Get(Keys);
        refused.Status.ShouldBe(403);
        refused.Message.ShouldStartWith("API rate limit exceeded for user ID 1.");
        var reset = long.Parse(refused.Reply.Headers["x-ratelimit-reset"], CultureInfo.InvariantCulture);
        reset.ShouldBe(new GitHubWorldOptions().Epoch.AddHours(1).ToUnixTimeSeconds());
        hub.Get("/rate_limit").Status.ShouldBe(200, "asking for the limit is free");
        hub.Now = TimeSpan.FromHours(1);
        hub.Get(Keys).Status.ShouldBe(200);
    }

    [Fact]
    public void Lists_come_in_pages_that_name_the_next()
    {
        for (byte i = 1; i <= 3; i++)
            _hub.AddKey(i);
        var first = _hub.Get($"{Keys}?per_page=2&page=1");
        first.Json.GetArrayLength().ShouldBe(2);
        first.Reply.Headers["link"].ShouldBe(
            "<https://api.github.com/repos/octocat/platform/keys?per_page=2&page=2>; rel=\"next\", "
            + "<https://api.github.com/repos/octocat/platform/keys?per_page=2&page=2>; rel=\"last\"");
        var second = _hub.Get($"{Keys}?per_page=2&page=2");
        second.Json.GetArrayLength().ShouldBe(1);
        second.Reply.Headers.ContainsKey("link").ShouldBeFalse();
    }

    [Fact]
    public void A_pull_request_is_found_by_its_head_until_it_is_merged()
    {
        Propose().Status.ShouldBe(201);
        _hub.Get($"{Pulls}?head=octocat:orrery/prod&base=main").Json.GetArrayLength().ShouldBe(1);
        _hub.Get($"{Pulls}?head=octocat:other").Json.GetArrayLength().ShouldBe(0);

        _hub.World.Merge("octocat", "platform", 1);

        _hub.Get(Pulls).Json.GetArrayLength().ShouldBe(0);
        _hub.Get($"{Pulls}?state=closed").Json[0].GetProperty("merge_commit_sha").GetString()
            .ShouldBe(_hub.Platform.Head("main"));
        _hub.Platform.FilesOf(_hub.Platform.Head("main")!).ShouldBe(ValueMap.Of(("a", "2"), ("b", "1")));
    }

    [Theory]
    [InlineData("orrery/prod", "main", "A pull request already exists for octocat:orrery/prod.")]
    [InlineData("nothing", "main", "head invalid")]
    [InlineData("orrery/prod", "nothing", "base invalid")]
    [InlineData("same", "main", "No commits between main and same")]
    public void A_pull_request_that_makes_no_sense_is_refused(string head, string to, string error)
    {
        Propose();
        CopyBranch("main", "same");
        var refused = _hub.Post(Pulls, $$"""{"title":"x","head":"{{head}}","base":"{{to}}"}""");
        refused.Status.ShouldBe(422);
        refused.Error.ShouldBe(error);
    }

    [Fact]
    public void An_error_after_the_change_leaves_the_change()
    {
        _hub.Fault = WorldFault.ErrorAfter;
        _hub.AddKey(1).Status.ShouldBe(502);
        _hub.Fault = WorldFault.ErrorBefore;
        _hub.AddKey(2).Status.ShouldBe(502);
        _hub.World.DeployKeysOf("octocat", "platform").ShouldHaveSingleItem().Key.ShouldBe(GitHubDriver.Key(1));
    }

    private void CopyBranch(string from, string to) =>
        _hub.Platform.SetReference($"refs/heads/{to}", _hub.Platform.Head(from));

    private GitHubReply Propose()
    {
        _hub.Commit("main", "a", "1");
        CopyBranch("main", "orrery/prod");
        _hub.Commit("orrery/prod", "a", "2");
        _hub.Commit("orrery/prod", "b", "1");
        return _hub.Post(
            Pulls, """{"title":"Render prod","head":"orrery/prod","base":"main","body":"Merge it."}""");
    }
}
