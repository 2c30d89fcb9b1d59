using System.Globalization;
using System.Text.Json.Nodes;

namespace Orrery.Simulation.GitHub;

/// <summary>One operation: <c>POST /repos/{owner}/{repo}/keys</c>.</summary>
internal sealed record Route(string Method, string Template, Func<Exchange, Answer> Handle)
{
    public string[] Segments { get; } = Template.Split('/', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>All operations of the simulated API.</summary>
internal static class Routes
{
    public static IReadOnlyList<Route> All { get; } =
    [
        new("GET", "/rate_limit", static exchange => exchange.Hub.RateLimit(exchange.Caller)),
        new("GET", "/users/{username}", User),
        new("GET", "/repos/{owner}/{repo}", Repository),
        new("GET", "/repos/{owner}/{repo}/keys", ListKeys),
        new("POST", "/repos/{owner}/{repo}/keys", CreateKey),
        new("GET", "/repos/{owner}/{repo}/keys/{key_id}", GetKey),
        new("DELETE", "/repos/{owner}/{repo}/keys/{key_id}", DeleteKey),
        new("GET", "/repos/{owner}/{repo}/pulls", ListPullRequests),
        new("POST", "/repos/{owner}/{repo}/pulls", CreatePullRequest),
        new("GET", "/repos/{owner}/{repo}/pulls/{pull_number}", GetPullRequest),
    ];

    public static (Route Route, IReadOnlyList<string> Names) Find(string method, string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        foreach (var route in All.Where(each => each.Method == method && each.Segments.Length == segments.Length))
        {
            var pairs = route.Segments.Zip(segments).ToList();
            if (pairs.TrueForAll(pair => pair.First[0] == '{' || pair.First == pair.Second))
                return (route,
                    [.. pairs.Where(pair => pair.First[0] == '{').Select(pair => Uri.UnescapeDataString(pair.Second))]);
        }

        throw Refusal.NotFound();
    }

    private static Answer User(Exchange exchange)
    {
        var hub = exchange.Hub;
        var user = hub.UserOf(exchange.Names[0]) ?? throw Refusal.NotFound();
        var shown = hub.Repositories.Count(each => each.Given.Owner == user.Login && !each.Given.IsPrivate);
        return new Answer(200, Documents.PublicUser(user.Login, hub.IdOf(user.Login), shown, hub.Epoch));
    }

    private static Answer Repository(Exchange exchange)
    {
        var found = exchange.Repository;
        return new Answer(
            200, Documents.FullRepository(found, exchange.Hub.IdOf(found.Given.Owner), exchange.Permission));
    }

    // Who may not administrate a repository does not see its keys.
    private static Answer ListKeys(Exchange exchange)
    {
        var repository = exchange.Require(GitHubPermission.Admin);
        return exchange.Page([.. repository.Keys.Select(key => Documents.DeployKey(repository, key))]);
    }

    private static Answer GetKey(Exchange exchange)
    {
        var repository = exchange.Require(GitHubPermission.Admin);
        return new Answer(200, Documents.DeployKey(repository, KeyOf(exchange, repository)));
    }

    private static Answer CreateKey(Exchange exchange)
    {
        var repository = exchange.Require(GitHubPermission.Admin);
        var body = exchange.Body();
        var given = Exchange.Text(body, "key") ?? throw Refusal.Missing("key");
        var key = PublicKeys.Plain(given) ?? throw Refusal.Invalid(
            "PublicKey", "custom", "key", "key is invalid. You must supply a key in OpenSSH public key format");
        if (exchange.Hub.IsKeyUsed(key))
            throw Refusal.Invalid("PublicKey", "custom", "key", "key is already in use");
        var made = new DeployKey(
            exchange.Hub.NextId(), key, Exchange.Text(body, "title") ?? $"Key {key[^8..]}",
            Exchange.Flag(body, "read_only"), exchange.Hub.Now, exchange.Caller?.User.Login ?? "");
        repository.Keys.Add(made);
        var reply = Documents.DeployKey(repository, made);
        return new Answer(201, reply) { Location = reply["url"]!.GetValue<string>() };
    }

    private static Answer DeleteKey(Exchange exchange)
    {
        var repository = exchange.Require(GitHubPermission.Admin);
        repository.Keys.Remove(KeyOf(exchange, repository));
        return new Answer(204, null);
    }

    private static DeployKey KeyOf(Exchange exchange, Repository repository) =>
        repository.Keys.Find(key => key.Id == NumberOf(exchange.Names[2])) ?? throw Refusal.NotFound();

    private static Answer ListPullRequests(Exchange exchange)
    {
        var repository = exchange.Repository;
        var state = exchange.Query("state") ?? "open";
        var owner = repository.Given.Owner;
        var found = repository.PullRequests.AsEnumerable().Reverse()
            .Where(pull => state == "all" || pull.IsOpen == (state == "open"))
            .Where(pull => exchange.Query("head") is not { } head || head == $"{owner}:{pull.Head}")
            .Where(pull => exchange.Query("base") is not { } to || to == pull.Base);
        return exchange.Page([.. found.Select(pull => Documents.PullRequest(repository, pull, exchange.Hub.IdOf))]);
    }

    private static Answer GetPullRequest(Exchange exchange)
    {
        var repository = exchange.Repository;
        var found = repository.PullRequests.Find(pull => pull.Number == NumberOf(exchange.Names[2]))
            ?? throw Refusal.NotFound();
        return new Answer(200, Documents.FullPullRequest(repository, found, exchange.Hub.IdOf));
    }

    private static Answer CreatePullRequest(Exchange exchange)
    {
        var repository = exchange.Require(GitHubPermission.Read);
        if (exchange.Caller is null)
            throw Refusal.NeedsAuthentication();
        // Who may only read proposes from a fork, which nothing here has.
        exchange.Require(GitHubPermission.Write);
        var body = exchange.Body();
        var head = Exchange.Text(body, "head") ?? throw Refusal.Missing("head");
        var to = Exchange.Text(body, "base") ?? throw Refusal.Missing("base");
        var title = Exchange.Text(body, "title") is { Length: > 0 } given
            ? given
            : throw Refusal.Invalid("Issue", "missing_field", "title");
        var branch = head.Split(':', 2)[^1];
        var headCommit = repository.Git.Head(branch) ?? throw Refusal.Invalid("PullRequest", "invalid", "head");
        var baseCommit = repository.Git.Head(to) ?? throw Refusal.Invalid("PullRequest", "invalid", "base");
        if (repository.PullRequests.Exists(pull => pull.IsOpen && pull.Head == branch && pull.Base == to))
        {
            throw Refusal.Invalid(
                "PullRequest", "custom", null,
                $"A pull request already exists for {repository.Given.Owner}:{branch}.");
        }

        if (repository.Git.IsAncestor(headCommit, baseCommit))
            throw Refusal.Invalid("PullRequest", "custom", null, $"No commits between {to} and {branch}");
        var made = new PullRequest(
            exchange.Hub.NextId(), repository.PullRequests.Count + 1, exchange.Caller.User.Login, exchange.Hub.Now)
        {
            Title = title,
            Body = Exchange.Text(body, "body"),
            Head = branch,
            Base = to,
            HeadCommit = headCommit,
            BaseCommit = baseCommit,
            IsDraft = Exchange.Flag(body, "draft"),
        };
        repository.PullRequests.Add(made);
        JsonObject reply = Documents.FullPullRequest(repository, made, exchange.Hub.IdOf);
        return new Answer(201, reply) { Location = reply["url"]!.GetValue<string>() };
    }

    private static long NumberOf(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Refusal.NotFound();
}
