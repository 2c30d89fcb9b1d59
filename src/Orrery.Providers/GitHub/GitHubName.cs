namespace Orrery.Providers.GitHub;

/// <summary>A repository at GitHub.</summary>
/// <param name="Owner">A user or an organisation.</param>
/// <param name="Name">Without <c>.git</c>.</param>
public sealed record GitHubName(string Owner, string Name)
{
    /// <summary>
    /// The repository behind a URL, or null where it lies elsewhere: <c>https://github.com/owner/name</c>,
    /// <c>git@github.com:owner/name.git</c>, <c>ssh://git@github.com/owner/name</c>.
    /// </summary>
    public static GitHubName? Of(string url)
    {
        const string scp = "git@github.com:";
        var path = url.StartsWith(scp, StringComparison.Ordinal) ? url[scp.Length..]
            : Uri.TryCreate(url, UriKind.Absolute, out var uri)
                && string.Equals(uri.Host, "github.com", StringComparison.OrdinalIgnoreCase)
                ? uri.AbsolutePath
                : "";
        return path.Trim('/').Split('/') is [var owner, var name] && IsName(owner) && IsName(Bare(name))
            ? new GitHubName(owner, Bare(name))
            : null;
    }

    public override string ToString() => $"{Owner}/{Name}";

    private static string Bare(string name) =>
        name.EndsWith(".git", StringComparison.Ordinal) ? name[..^".git".Length] : name;

    private static bool IsName(string text) =>
        text.Length > 0 && text is not ("." or "..")
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.');
}
