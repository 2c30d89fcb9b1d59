using Orrery.Model.Values;

namespace Orrery.Providers.Git;

/// <summary>A branch of a repository.</summary>
/// <param name="Url">As git takes it, without credentials: <c>https://github.com/example/platform</c>.</param>
/// <param name="Branch">Its short name, for example <c>main</c>.</param>
public sealed record GitRemote(string Url, string Branch)
{
    /// <summary>How ssh is called for SSH URLs: with the user's configuration and known hosts, never asking.</summary>
    public string SshCommand { get; init; } = "ssh -o BatchMode=yes";
}

/// <summary>Who makes a commit.</summary>
public sealed record GitPerson(string Name, string Email);

/// <summary>What one commit changes.</summary>
public sealed record GitChange
{
    /// <summary>Path to whole content: added or replaced.</summary>
    public ValueMap<string> Files { get; init; } = ValueMap<string>.Empty;

    /// <summary>Deleted where they exist.</summary>
    public ValueList<string> Removed { get; init; } = [];

    public required string Message { get; init; }

    public required GitPerson Author { get; init; }

    /// <summary>Of author and committer. The same change on the same commit at the same time has the same id.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>
    /// Another branch that gets the commit, for a pull request; what stands there is replaced. Null for the remote's
    /// own branch.
    /// </summary>
    public string? Proposal { get; init; }
}

/// <summary>The files of some paths at the head of a branch.</summary>
/// <param name="Commit">The head's id; null where the branch does not exist yet.</param>
/// <param name="Blobs">Path to the id of the content, <see cref="GitBlob.IdOf"/>.</param>
public sealed record GitListing(string? Commit, ValueMap<string> Blobs);

/// <summary>What came of a change.</summary>
/// <param name="Commit">The branch's head now.</param>
/// <param name="Changed">False where everything was so already, and nothing was pushed.</param>
public sealed record GitPushed(string Commit, bool Changed);
