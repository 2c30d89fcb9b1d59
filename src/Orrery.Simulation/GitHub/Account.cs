using Orrery.Simulation.Git;

namespace Orrery.Simulation.GitHub;

/// <summary>A repository as it is now.</summary>
internal sealed class Repository(GitHubRepository given, long id, BareRepository git, DateTimeOffset made)
{
    public GitHubRepository Given => given;

    public long Id => id;

    public BareRepository Git => git;

    public DateTimeOffset Made => made;

    public DateTimeOffset? Pushed { get; set; }

    public string FullName => $"{given.Owner}/{given.Name}";

    public List<DeployKey> Keys { get; } = [];

    public List<PullRequest> PullRequests { get; } = [];
}

/// <summary>A key of one repository.</summary>
/// <param name="Key">Type and base64, without a comment.</param>
internal sealed record DeployKey(
    long Id, string Key, string Title, bool IsReadOnly, DateTimeOffset Made, string AddedBy)
{
    public DateTimeOffset? LastUsed { get; set; }
}

/// <summary>A request to bring one branch into another of the same repository.</summary>
internal sealed class PullRequest(long id, int number, string author, DateTimeOffset made)
{
    public long Id => id;

    public int Number => number;

    public string Author => author;

    public DateTimeOffset Made => made;

    public required string Title { get; init; }

    public string? Body { get; init; }

    public required string Head { get; init; }

    public required string Base { get; init; }

    /// <summary>Of the head; kept when its branch goes.</summary>
    public required string HeadCommit { get; set; }

    public required string BaseCommit { get; init; }

    public bool IsDraft { get; init; }

    public DateTimeOffset? Closed { get; set; }

    public string? MergeCommit { get; set; }

    public bool IsOpen => Closed is null;
}

/// <summary>Who asks, and what the token allows at most.</summary>
internal sealed record Caller(GitHubUser User, GitHubPermission Limit);

/// <summary>Public keys as text.</summary>
internal static class PublicKeys
{
    private static readonly string[] Types =
    [
        "ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
        "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
    ];

    /// <summary>Type and base64 without the comment; null for what is no key.</summary>
    public static string? Plain(string text)
    {
        var parts = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 2 || !Types.Contains(parts[0]))
            return null;
        var blob = new byte[parts[1].Length];
        // A key begins with its own type, after the length of that in four bytes.
        return Convert.TryFromBase64String(parts[1], blob, out var length) && length > 4 + parts[0].Length
            && System.Text.Encoding.ASCII.GetString(blob, 4, parts[0].Length) == parts[0]
                ? $"{parts[0]} {parts[1]}"
                : null;
    }
}
