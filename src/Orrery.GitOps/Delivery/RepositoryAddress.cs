using Orrery.Model.Platforms;

namespace Orrery.GitOps.Delivery;

/// <summary>Where the repository is found by whom, and where things stand in it.</summary>
public static class RepositoryAddress
{
    private const string GitHub = "github.com";

    private const string GitHubEcdsa =
        "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwFB9nkt5YRrYMjNuG5N8"
        + "7uRgg6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg=";

    /// <summary>As the cluster reads it, with its deploy key: <c>git@github.com:example/moonrepo.git</c>.</summary>
    public static string Ssh(Repository repository)
    {
        var url = repository.Url;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttps)
            return url;
        var path = address.AbsolutePath.Trim('/');
        return $"git@{address.Host}:{path}{(path.EndsWith(".git", StringComparison.Ordinal) ? "" : ".git")}";
    }

    /// <summary>The same with a scheme: <c>ssh://git@github.com/example/moonrepo.git</c>.</summary>
    public static string SshUrl(Repository repository)
    {
        var address = Ssh(repository);
        return address.Contains("://", StringComparison.Ordinal)
            ? address
            : "ssh://" + address.Replace(':', '/');
    }

    // https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/githubs-ssh-key-fingerprints
    /// <summary>
    /// The keys of the repository's host, a line for each, as <c>known_hosts</c> has them; null where they are not
    /// known here.
    /// </summary>
    public static string? KnownHosts(Repository repository) =>
        new Uri(SshUrl(repository)).Host != GitHub ? null : $"""
            {GitHub} ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl
            {GitHub} ecdsa-sha2-nistp256 {GitHubEcdsa}

            """;

    /// <summary>A path of the tree as a path of the repository.</summary>
    public static string InRepository(Repository repository, string path) =>
        repository.Path is "." or "" ? path : $"{repository.Path.Trim('/')}/{path}";
}
