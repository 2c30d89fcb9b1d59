using System.Text.Json.Nodes;
using Orrery.Simulation.Git;

namespace Orrery.Simulation.GitHub;

/// <summary>Everything that the simulated GitHub knows, and who may do what.</summary>
internal sealed class Hub : IGitHost
{
    private readonly GitHubWorldOptions _options;
    private readonly Dictionary<string, Budget> _budgets = new(StringComparer.Ordinal);
    private long _lastId = 100_000;

    public Hub(GitHubWorldOptions options, GitRemotes remotes)
    {
        _options = options;
        foreach (var given in options.Repositories)
        {
            var git = new BareRepository { DefaultBranch = given.DefaultBranch };
            Repositories.Add(new Repository(given, NextId(), git, options.Epoch));
            remotes.Add(GitHubWorld.Host, $"{given.Owner}/{given.Name}", git);
        }

        remotes.AddHost(GitHubWorld.Host, this);
    }

    public List<Repository> Repositories { get; } = [];

    public TimeSpan Time { get; set; }

    public DateTimeOffset Epoch => _options.Epoch;

    public DateTimeOffset Now => _options.Epoch + Time;

    public long NextId() => ++_lastId;

    public GitHubUser? UserOf(string login) => _options.Users.FirstOrDefault(user => IsSame(user.Login, login));

    /// <summary>Organisations that own repositories have an id as well.</summary>
    public long IdOf(string login)
    {
        var names = _options.Users.Select(user => user.Login).Concat(Repositories.Select(each => each.Given.Owner));
        return 1 + names.Distinct(StringComparer.Ordinal).ToList().IndexOf(login);
    }

    public Repository? Find(string owner, string name) =>
        Repositories.Find(each => IsSame(each.Given.Owner, owner) && IsSame(each.Given.Name, name));

    public Caller? CallerOf(string? token)
    {
        foreach (var user in _options.Users)
        {
            if (user.Tokens.FirstOrDefault(each => each.Secret == token) is { } found)
                return new Caller(user, found.Limit);
        }

        return null;
    }

    public static GitHubPermission PermissionOf(Repository repository, Caller? caller)
    {
        var open = repository.Given.IsPrivate ? GitHubPermission.None : GitHubPermission.Read;
        if (caller is null)
            return open;
        var own = PermissionOf(repository, caller.User.Login);
        return Max(open, own < caller.Limit ? own : caller.Limit);
    }

    /// <summary>A key stands for one thing only: a deploy key of any repository, or a user's own.</summary>
    public bool IsKeyUsed(string key) =>
        Repositories.Exists(each => each.Keys.Exists(one => one.Key == key))
        || _options.Users.Any(user => user.SshKeys.Any(own => PublicKeys.Plain(own) == key));

    public Budget BudgetOf(Caller? caller)
    {
        const int limitWithoutToken = 60;
        var who = caller?.User.Login ?? "";
        if (!_budgets.TryGetValue(who, out var budget))
            _budgets[who] = budget = new Budget(caller is null ? limitWithoutToken : _options.RequestsPerHour);
        return budget;
    }

    public Answer RateLimit(Caller? caller)
    {
        const int searchesPerMinute = 30;
        var budget = BudgetOf(caller);
        budget.Look(Time);
        JsonObject Core() => new()
        {
            ["limit"] = budget.Limit,
            ["used"] = budget.Used,
            ["remaining"] = budget.Remaining,
            ["reset"] = (Epoch + budget.Ends).ToUnixTimeSeconds(),
        };
        var search = new JsonObject
        {
            ["limit"] = searchesPerMinute,
            ["used"] = 0,
            ["remaining"] = searchesPerMinute,
            ["reset"] = Now.ToUnixTimeSeconds(),
        };
        return new Answer(200, new JsonObject
        {
            ["resources"] = new JsonObject { ["core"] = Core(), ["search"] = search },
            ["rate"] = Core(),
        });
    }

    public (GitAccess Access, string Who) AccessOf(string path, bool isSsh, GitCredential credential)
    {
        var repository = path.Split('/') is [var owner, var name] ? Find(owner, name) : null;
        if (isSsh)
            return AccessOfKeys(repository, credential);
        var caller = CallerOf(credential.Token);
        if (caller is null)
        {
            var isOpen = credential.Token is null && repository is { Given.IsPrivate: false };
            return (isOpen ? GitAccess.Read : GitAccess.Unknown, "");
        }

        return (AccessOf(repository is null ? GitHubPermission.None : PermissionOf(repository, caller)),
            caller.User.Login);
    }

    public bool IsProtected(string path, string branch) =>
        path.Split('/') is [var owner, var name]
        && Find(owner, name)?.Given.ProtectedBranches.Contains(branch) == true;

    public void Pushed(string path, string reference)
    {
        if (path.Split('/') is not [var owner, var name] || Find(owner, name) is not { } repository)
            return;
        repository.Pushed = Now;
        foreach (
            var pull in repository.PullRequests.Where(pull => pull.IsOpen && reference == $"refs/heads/{pull.Head}"))
            pull.HeadCommit = repository.Git.Head(pull.Head) ?? pull.HeadCommit;
    }

    // The first key that anybody is known by counts, as ssh offers one after the other.
    private (GitAccess Access, string Who) AccessOfKeys(Repository? repository, GitCredential credential)
    {
        foreach (var key in credential.PublicKeys.Select(PublicKeys.Plain).OfType<string>())
        {
            if (_options.Users
                .FirstOrDefault(user => user.SshKeys.Any(own => PublicKeys.Plain(own) == key)) is { } user)
            {
                return (AccessOf(repository is null
                    ? GitHubPermission.None
                    : PermissionOf(repository, new Caller(user, GitHubPermission.Admin))), user.Login);
            }

            var holder = Repositories.Find(each => each.Keys.Exists(one => one.Key == key));
            if (holder is null)
                continue;
            var deploy = holder.Keys.First(one => one.Key == key);
            if (holder != repository)
                return (repository is { Given.IsPrivate: false } ? GitAccess.Read : GitAccess.None, "deploy key");
            deploy.LastUsed = Now;
            return (deploy.IsReadOnly ? GitAccess.Read : GitAccess.Write, "deploy key");
        }

        return (GitAccess.Unknown, "");
    }

    private static GitAccess AccessOf(GitHubPermission permission) => permission switch
    {
        GitHubPermission.None => GitAccess.None,
        GitHubPermission.Read => GitAccess.Read,
        _ => GitAccess.Write,
    };

    private static GitHubPermission PermissionOf(Repository repository, string login) =>
        IsSame(repository.Given.Owner, login)
            ? GitHubPermission.Admin
            : repository.Given.Collaborators.GetValueOrDefault(login);

    private static GitHubPermission Max(GitHubPermission one, GitHubPermission other) => one > other ? one : other;

    private static bool IsSame(string one, string other) =>
        string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
