namespace Orrery.Simulation.Git;

/// <summary>Where a repository is and how it is reached.</summary>
/// <param name="Host">For example <c>github.com</c>, in lower case.</param>
/// <param name="Path">Without slashes around and without <c>.git</c>: <c>example/platform</c>.</param>
/// <param name="IsSsh">By SSH keys; otherwise by HTTP with a token.</param>
public sealed record GitUrl(string Host, string Path, bool IsSsh)
{
    /// <summary>
    /// Reads <c>https://host/path</c>, <c>ssh://git@host/path</c> and <c>git@host:path</c>; null for what is none.
    /// </summary>
    public static GitUrl? Parse(string text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Host.Length > 0)
        {
            return url.Scheme is "https" or "http" or "ssh"
                ? new GitUrl(url.Host.ToLowerInvariant(), Plain(url.AbsolutePath), url.Scheme == "ssh")
                : null;
        }

        return text.Split(':', 2) is [var place, var path] && !place.Contains('/', StringComparison.Ordinal)
            ? new GitUrl(
                place[(place.IndexOf('@', StringComparison.Ordinal) + 1)..].ToLowerInvariant(), Plain(path), true)
            : null;
    }

    private static string Plain(string path)
    {
        var trimmed = path.Trim('/');
        return trimmed.EndsWith(".git", StringComparison.Ordinal) ? trimmed[..^".git".Length] : trimmed;
    }
}
