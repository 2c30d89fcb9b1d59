using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Simulation.Git;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.GitHub;

/// <summary>
/// GitHub's REST API behind the wire, as far as deliveries need it, and the rules of access to its repositories, after
/// the published contract (https://docs.github.com/rest, version 2022-11-28). What it does not have is 404.
/// </summary>
public sealed class GitHubWorld : IWorld
{
    /// <summary>Where its repositories are reached by Git.</summary>
    public const string Host = "github.com";

    private readonly GitHubWorldOptions _options;
    private readonly Hub _hub;
    private readonly List<ServiceRecord> _service = [];

    /// <param name="remotes">Gets this world's repositories and its rules.</param>
    public GitHubWorld(GitHubWorldOptions options, GitRemotes remotes) =>
        (_options, _hub) = (options, new Hub(options, remotes));

    public string Name => "github";

    public IReadOnlyList<ServiceRecord> Service => _service;

    public WorldReply Handle(WorldRequest request, TimeSpan now)
    {
        _hub.Time = now;
        var took = request.Method == "GET" ? _options.Read : _options.Change;
        _service.Add(new ServiceRecord(request.Tag, $"{request.Method} {request.Path}", now, now + took));
        Caller? caller = null;
        Refusal? refused = null;
        Answer answer;
        try
        {
            caller = Authenticate(request);
            answer = Answer(request, caller, now);
            if (request.Fault == WorldFault.ErrorAfter && request.Method != "GET")
                throw Refusal.ServerError();
        }
        catch (Refusal refusal)
        {
            refused = refusal;
            answer = new Answer(refusal.Status, refusal.ToJson());
        }

        return new WorldReply
        {
            Status = answer.Status,
            Headers = HeadersOf(answer, caller, refused),
            Body = BodyOf(answer, refused),
            ServiceTime = took,
            Injected = request.Fault is WorldFault.ErrorBefore or WorldFault.RateLimited
                || (request.Fault == WorldFault.ErrorAfter && request.Method != "GET"),
        };
    }

    /// <summary>The titles and keys of a repository's deploy keys, for checkers.</summary>
    public IReadOnlyList<(string Title, string Key, bool IsReadOnly)> DeployKeysOf(string owner, string name) =>
        [.. RepositoryOf(owner, name).Keys.Select(key => (key.Title, key.Key, key.IsReadOnly))];

    /// <summary>Somebody deletes a deploy key by hand.</summary>
    public void RevokeDeployKey(string owner, string name, string title) =>
        RepositoryOf(owner, name).Keys.RemoveAll(key => key.Title == title);

    /// <summary>
    /// Somebody merges a pull request by hand; only what follows the base can be, as nothing here solves conflicts.
    /// </summary>
    public void Merge(string owner, string name, int number)
    {
        var repository = RepositoryOf(owner, name);
        var pull = repository.PullRequests.First(each => each.Number == number && each.IsOpen);
        var target = repository.Git.Head(pull.Base);
        Invariant.Check(
            target is not null && repository.Git.IsAncestor(target, pull.HeadCommit),
            $"pull request {number} does not follow its base");
        var signed =
            $"{pull.Author} <{pull.Author}@users.noreply.github.com>"
            + $" {_hub.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)} +0000";
        var tree = repository.Git.CommitOf(pull.HeadCommit).Tree;
        var message = $"Merge pull request #{number} from {owner}/{pull.Head}\n\n{pull.Title}";
        pull.MergeCommit = repository.Git.PutCommit(
            new GitCommit(tree, [target!, pull.HeadCommit], signed, signed, message));
        pull.Closed = _hub.Now;
        repository.Git.SetReference($"refs/heads/{pull.Base}", pull.MergeCommit);
    }

    private Repository RepositoryOf(string owner, string name) =>
        _hub.Find(owner, name) ?? throw new InvariantException($"there is no repository {owner}/{name}");

    private Caller? Authenticate(WorldRequest request)
    {
        if (!request.Headers.ContainsKey("user-agent"))
            throw Refusal.NoUserAgent();
        if (!request.Headers.TryGetValue("authorization", out var given))
            return null;
        var token = given.Split(' ', 2) is [var scheme, var secret]
            && (string.Equals(scheme, "bearer", StringComparison.OrdinalIgnoreCase)
                || string.Equals(scheme, "token", StringComparison.OrdinalIgnoreCase))
                ? secret
                : null;
        return _hub.CallerOf(token) ?? throw Refusal.BadCredentials();
    }

    private Answer Answer(WorldRequest request, Caller? caller, TimeSpan now)
    {
        var who = caller is null ? "the caller's address" : $"user ID {_hub.IdOf(caller.User.Login)}";
        if (request.Fault == WorldFault.RateLimited)
            throw Refusal.RateLimited(who);
        // Asking for the limit does not count against it.
        if (request.Path != "/rate_limit" && !_hub.BudgetOf(caller).TryTake(now))
            throw Refusal.RateLimited(who);
        if (request.Fault == WorldFault.ErrorBefore)
            throw Refusal.ServerError();
        var (route, names) = Routes.Find(request.Method, request.Path);
        return route.Handle(new Exchange(_hub, request, caller, names));
    }

    private ValueMap<string> HeadersOf(Answer answer, Caller? caller, Refusal? refused)
    {
        var headers = new Dictionary<string, string> { ["x-github-media-type"] = "github.v3; format=json" };
        if (refused is not { IsPlainText: true } and not { Status: 401 })
        {
            var budget = _hub.BudgetOf(caller);
            var isLimited = refused is { Status: 403 }
                && refused.Message.Contains("rate limit", StringComparison.Ordinal);
            headers["x-ratelimit-limit"] = Text(budget.Limit);
            headers["x-ratelimit-remaining"] = Text(isLimited ? 0 : budget.Remaining);
            headers["x-ratelimit-used"] = Text(isLimited ? budget.Limit : budget.Used);
            headers["x-ratelimit-reset"] = Text((_hub.Epoch + budget.Ends).ToUnixTimeSeconds());
            headers["x-ratelimit-resource"] = "core";
        }

        if (answer.Body is not null)
            headers["content-type"] = refused is { IsPlainText: true } ? "text/html"
                : "application/json; charset=utf-8";
        if (answer.Link is not null)
            headers["link"] = answer.Link;
        if (answer.Location is not null)
            headers["location"] = answer.Location;
        return ValueMap.From(headers);
    }

    private static byte[] BodyOf(Answer answer, Refusal? refused) =>
        refused is { IsPlainText: true } ? Encoding.UTF8.GetBytes(refused.Message)
        : answer.Body is JsonNode body ? Encoding.UTF8.GetBytes(body.ToJsonString())
        : [];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
