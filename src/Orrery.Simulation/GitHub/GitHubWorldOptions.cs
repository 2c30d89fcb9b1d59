using Orrery.Model.Values;

namespace Orrery.Simulation.GitHub;

/// <summary>What the simulated GitHub is like before the first request arrives.</summary>
public sealed record GitHubWorldOptions
{
    /// <summary>The wall clock when the world begins; all timestamps are this plus the virtual time.</summary>
    public DateTimeOffset Epoch { get; init; } = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);

    public ValueList<GitHubUser> Users { get; init; } = [];

    public ValueList<GitHubRepository> Repositories { get; init; } = [];

    /// <summary>
    /// Requests per hour of one user; without a token it is 60 for all.
    /// Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
    /// </summary>
    public int RequestsPerHour { get; init; } = 5000;

    /// <summary>A read. Assumed.</summary>
    public TimeSpan Read { get; init; } = TimeSpan.FromMilliseconds(180);

    /// <summary>A change. Assumed.</summary>
    public TimeSpan Change { get; init; } = TimeSpan.FromMilliseconds(420);
}

/// <summary>Somebody with an account.</summary>
/// <param name="Login">The name in URLs.</param>
public sealed record GitHubUser(string Login)
{
    /// <summary>Tokens of this user, each with what it may do at most. Secret.</summary>
    public ValueList<GitHubToken> Tokens { get; init; } = [];

    /// <summary>Public SSH keys of the account, as <c>ssh-ed25519 AAAA…</c>.</summary>
    public ValueList<string> SshKeys { get; init; } = [];
}

/// <summary>A token and its scope.</summary>
/// <param name="Secret">What is shown to GitHub.</param>
/// <param name="Limit">The most that it may do, whatever its user may.</param>
public sealed record GitHubToken(string Secret, GitHubPermission Limit = GitHubPermission.Admin)
{
    /// <summary>Without the secret.</summary>
    public override string ToString() => $"token, at most {Limit}";
}

/// <summary>What somebody may do with a repository.</summary>
public enum GitHubPermission
{
    None,
    Read,
    Write,
    Admin,
}

/// <summary>A repository before the first request arrives.</summary>
/// <param name="Owner">The login of its owner, who may do everything.</param>
public sealed record GitHubRepository(string Owner, string Name)
{
    public bool IsPrivate { get; init; } = true;

    public string DefaultBranch { get; init; } = "main";

    /// <summary>What others may do, by login.</summary>
    public ValueMap<GitHubPermission> Collaborators { get; init; } = ValueMap<GitHubPermission>.Empty;

    /// <summary>Branches that only pull requests may change.</summary>
    public ValueList<string> ProtectedBranches { get; init; } = [];
}
