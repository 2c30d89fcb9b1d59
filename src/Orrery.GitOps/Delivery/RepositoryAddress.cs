using Orrery.Model.Platforms;

namespace Orrery.GitOps.Delivery;

/// <summary>Where the repository is found by whom, and where things stand in it.</summary>
public static class RepositoryAddress
{
    /// <summary>As the cluster reads it, with its deploy key: <c>git@github.com:example/moonrepo.git</c>.</summary>
    public static string Ssh(Repository repository)
    {
        var url = repository.Url;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttps)
            return url;
        var path = address.AbsolutePath.Trim('/');
        return $"git@{address.Host}:{path}{(path.EndsWith(".git", StringComparison.Ordinal) ? "" : ".git")}";
    }

    /// <summary>A path of the tree as a path of the repository.</summary>
    public static string InRepository(Repository repository, string path) =>
        repository.Path is "." or "" ? path : $"{repository.Path.Trim('/')}/{path}";
}
