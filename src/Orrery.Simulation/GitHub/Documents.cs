using System.Globalization;
using System.Text.Json.Nodes;

namespace Orrery.Simulation.GitHub;

/// <summary>Replies as GitHub writes them; what nothing here has is null, zero or false.</summary>
internal static class Documents
{
    private const string Api = "https://api.github.com";
    private const string Site = "https://github.com";

    private static readonly string[] OfUser =
    [
        "followers", "following{/other_user}", "gists{/gist_id}", "starred{/owner}{/repo}", "subscriptions", "orgs",
        "repos", "events{/privacy}", "received_events",
    ];

    /// <summary>The fields of URLs and what stands in them behind the repository's own.</summary>
    private static readonly (string Field, string Path)[] OfRepository =
    [
        ("archive_url", "/{archive_format}{/ref}"), ("assignees_url", "/assignees{/user}"),
        ("blobs_url", "/git/blobs{/sha}"), ("branches_url", "/branches{/branch}"),
        ("collaborators_url", "/collaborators{/collaborator}"), ("comments_url", "/comments{/number}"),
        ("commits_url", "/commits{/sha}"), ("compare_url", "/compare/{base}...{head}"),
        ("contents_url", "/contents/{+path}"), ("contributors_url", "/contributors"),
        ("deployments_url", "/deployments"), ("downloads_url", "/downloads"), ("events_url", "/events"),
        ("forks_url", "/forks"), ("git_commits_url", "/git/commits{/sha}"), ("git_refs_url", "/git/refs{/sha}"),
        ("git_tags_url", "/git/tags{/sha}"), ("hooks_url", "/hooks"),
        ("issue_comment_url", "/issues/comments{/number}"), ("issue_events_url", "/issues/events{/number}"),
        ("issues_url", "/issues{/number}"), ("keys_url", "/keys{/key_id}"), ("labels_url", "/labels{/name}"),
        ("languages_url", "/languages"), ("merges_url", "/merges"), ("milestones_url", "/milestones{/number}"),
        ("notifications_url", "/notifications{?since,all,participating}"), ("pulls_url", "/pulls{/number}"),
        ("releases_url", "/releases{/id}"), ("stargazers_url", "/stargazers"), ("statuses_url", "/statuses/{sha}"),
        ("subscribers_url", "/subscribers"), ("subscription_url", "/subscription"), ("tags_url", "/tags"),
        ("teams_url", "/teams"), ("trees_url", "/git/trees{/sha}"),
    ];

    public static JsonObject User(string login, long id)
    {
        var url = $"{Api}/users/{login}";
        var user = new JsonObject
        {
            ["login"] = login,
            ["id"] = id,
            ["node_id"] = Node("U", id),
            ["avatar_url"] = $"https://avatars.githubusercontent.com/u/{Number(id)}?v=4",
            ["gravatar_id"] = "",
            ["url"] = url,
            ["html_url"] = $"{Site}/{login}",
        };
        foreach (var path in OfUser)
        {
            var name = path.Split('{')[0];
            user[name == "orgs" ? "organizations_url" : $"{name}_url"] = $"{url}/{path}";
        }

        user["type"] = "User";
        user["site_admin"] = false;
        return user;
    }

    /// <summary>A user with what everybody may read.</summary>
    public static JsonObject PublicUser(string login, long id, int repositories, DateTimeOffset made)
    {
        var user = User(login, id);
        foreach (var field in (string[])["name", "company", "location", "email", "hireable", "bio"])
            user[field] = null;
        user["blog"] = "";
        user["public_repos"] = repositories;
        user["public_gists"] = 0;
        user["followers"] = 0;
        user["following"] = 0;
        user["created_at"] = Time(made);
        user["updated_at"] = Time(made);
        return user;
    }

    public static JsonObject Repository(Repository repository, long ownerId)
    {
        var given = repository.Given;
        var url = $"{Api}/repos/{repository.FullName}";
        var html = $"{Site}/{repository.FullName}";
        var reply = new JsonObject
        {
            ["id"] = repository.Id,
            ["node_id"] = Node("R", repository.Id),
            ["name"] = given.Name,
            ["full_name"] = repository.FullName,
            ["private"] = given.IsPrivate,
            ["owner"] = User(given.Owner, ownerId),
            ["html_url"] = html,
            ["description"] = null,
            ["fork"] = false,
            ["url"] = url,
        };
        foreach (var (field, path) in OfRepository)
            reply[field] = url + path;
        reply["created_at"] = Time(repository.Made);
        reply["updated_at"] = Time(repository.Pushed ?? repository.Made);
        reply["pushed_at"] = Time(repository.Pushed ?? repository.Made);
        reply["git_url"] = $"git://github.com/{repository.FullName}.git";
        reply["ssh_url"] = $"git@github.com:{repository.FullName}.git";
        reply["clone_url"] = $"{html}.git";
        reply["svn_url"] = html;
        foreach (var field in (string[])["homepage", "language", "mirror_url", "license"])
            reply[field] = null;
        foreach (var field in (string[])["has_issues", "has_projects", "has_downloads", "has_wiki"])
            reply[field] = true;
        foreach (var field in (string[])["has_pages", "archived", "disabled"])
            reply[field] = false;
        foreach (
            var field in (string[])["size", "stargazers_count", "watchers_count", "forks_count", "forks", "watchers"])
            reply[field] = 0;
        var open = repository.PullRequests.Count(each => each.IsOpen);
        reply["open_issues_count"] = open;
        reply["open_issues"] = open;
        reply["default_branch"] = given.DefaultBranch;
        return reply;
    }

    public static JsonObject FullRepository(Repository repository, long ownerId, GitHubPermission permission)
    {
        var reply = Repository(repository, ownerId);
        reply["permissions"] = new JsonObject
        {
            ["admin"] = permission == GitHubPermission.Admin,
            ["push"] = permission >= GitHubPermission.Write,
            ["pull"] = permission >= GitHubPermission.Read,
        };
        reply["network_count"] = 0;
        reply["subscribers_count"] = 1;
        return reply;
    }

    public static JsonObject DeployKey(Repository repository, DeployKey key) => new()
    {
        ["id"] = key.Id,
        ["key"] = key.Key,
        ["url"] = $"{Api}/repos/{repository.FullName}/keys/{Number(key.Id)}",
        ["title"] = key.Title,
        ["verified"] = true,
        ["created_at"] = Time(key.Made),
        ["read_only"] = key.IsReadOnly,
    };

    /// <summary>A pull request as lists show it.</summary>
    /// <param name="idOf">The id of a login.</param>
    public static JsonObject PullRequest(Repository repository, PullRequest pull, Func<string, long> idOf)
    {
        var url = $"{Api}/repos/{repository.FullName}/pulls/{Number(pull.Number)}";
        var issue = $"{Api}/repos/{repository.FullName}/issues/{Number(pull.Number)}";
        var html = $"{Site}/{repository.FullName}/pull/{Number(pull.Number)}";
        var statuses = $"{Api}/repos/{repository.FullName}/statuses/{pull.HeadCommit}";
        var comment = $"{Api}/repos/{repository.FullName}/pulls/comments{{/number}}";
        return new JsonObject
        {
            ["url"] = url,
            ["id"] = pull.Id,
            ["node_id"] = Node("PR", pull.Id),
            ["html_url"] = html,
            ["diff_url"] = $"{html}.diff",
            ["patch_url"] = $"{html}.patch",
            ["issue_url"] = issue,
            ["number"] = pull.Number,
            ["state"] = pull.IsOpen ? "open" : "closed",
            ["locked"] = false,
            ["title"] = pull.Title,
            ["user"] = User(pull.Author, idOf(pull.Author)),
            ["body"] = pull.Body,
            ["created_at"] = Time(pull.Made),
            ["updated_at"] = Time(pull.Closed ?? pull.Made),
            ["closed_at"] = pull.Closed is { } closed ? Time(closed) : null,
            ["merged_at"] = pull.MergeCommit is not null ? Time(pull.Closed ?? pull.Made) : null,
            ["merge_commit_sha"] = pull.MergeCommit,
            ["assignee"] = null,
            ["assignees"] = new JsonArray(),
            ["requested_reviewers"] = new JsonArray(),
            ["requested_teams"] = new JsonArray(),
            ["labels"] = new JsonArray(),
            ["milestone"] = null,
            ["draft"] = pull.IsDraft,
            ["commits_url"] = $"{url}/commits",
            ["review_comments_url"] = $"{url}/comments",
            ["review_comment_url"] = comment,
            ["comments_url"] = $"{issue}/comments",
            ["statuses_url"] = statuses,
            ["head"] = Side(repository, pull.Head, pull.HeadCommit, idOf),
            ["base"] = Side(repository, pull.Base, pull.BaseCommit, idOf),
            ["_links"] = new JsonObject
            {
                ["self"] = Link(url),
                ["html"] = Link(html),
                ["issue"] = Link(issue),
                ["comments"] = Link($"{issue}/comments"),
                ["review_comments"] = Link($"{url}/comments"),
                ["review_comment"] = Link(comment),
                ["commits"] = Link($"{url}/commits"),
                ["statuses"] = Link(statuses),
            },
            ["author_association"] = pull.Author == repository.Given.Owner ? "OWNER" : "COLLABORATOR",
            ["auto_merge"] = null,
            ["active_lock_reason"] = null,
        };
    }

    /// <summary>A pull request by itself.</summary>
    public static JsonObject FullPullRequest(Repository repository, PullRequest pull, Func<string, long> idOf)
    {
        var reply = PullRequest(repository, pull, idOf);
        reply["merged"] = pull.MergeCommit is not null;
        // GitHub finds out in the background; a new request does not know yet.
        reply["mergeable"] = null;
        reply["rebaseable"] = null;
        reply["mergeable_state"] = "unknown";
        reply["merged_by"] = null;
        reply["maintainer_can_modify"] = false;
        var before = repository.Git.Listing(pull.BaseCommit);
        var after = repository.Git.Listing(pull.HeadCommit);
        var changed = after.Count(file => before.GetValueOrDefault(file.Key) != file.Value)
            + before.Keys.Count(path => !after.ContainsKey(path));
        reply["comments"] = 0;
        reply["review_comments"] = 0;
        reply["commits"] = repository.Git.History(pull.HeadCommit).TakeWhile(id => id != pull.BaseCommit).Count();
        reply["additions"] = changed;
        reply["deletions"] = 0;
        reply["changed_files"] = changed;
        return reply;
    }

    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static JsonObject Side(Repository repository, string branch, string commit, Func<string, long> idOf) =>
        new()
        {
            ["label"] = $"{repository.Given.Owner}:{branch}",
            ["ref"] = branch,
            ["sha"] = commit,
            ["user"] = User(repository.Given.Owner, idOf(repository.Given.Owner)),
            ["repo"] = Repository(repository, idOf(repository.Given.Owner)),
        };

    private static JsonObject Link(string url) => new() { ["href"] = url };

    private static string Node(string kind, long id) => $"{kind}_kgDO{Number(id)}";

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
