using Orrery.GitOps.Manifests;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Delivery;

/// <summary>
/// What Flux begins with: the repository, the cluster's age identity, and the root Kustomization that decrypts with it.
/// One list, to be applied together before encrypted files are in the root's path: without <c>decryption</c> Flux
/// refuses them, and without its Secret too. https://fluxcd.io/flux/components/kustomize/kustomizations/#decryption
/// </summary>
public static class FluxRoot
{
    public const string Namespace = "flux-system";

    /// <summary>With a key of each identity, <c>*.agekey</c>: Flux passes over other names.</summary>
    public const string SopsAgeName = "sops-age";

    /// <summary>The Secret with which Flux reads the repository.</summary>
    public const string RepositorySecretName = "repository";

    /// <param name="platform">Whose repository is followed; the root and its source have its name.</param>
    /// <param name="cluster">It follows its own folder, <c>clusters/&lt;cluster&gt;</c>.</param>
    /// <param name="keys">All of it stays sensitive.</param>
    public static ValueList<Value.Map> Of(Platform platform, Cluster cluster, FluxKeys keys) =>
    [
        Secret(
            RepositorySecretName,
            ("identity", keys.DeployKey), ("identity.pub", keys.DeployKeyPublic), ("known_hosts", keys.KnownHosts)),
        Secret(
            SopsAgeName,
            [
                ("identity.agekey", keys.Identity),
                .. keys.FormerIdentity is { } former
                    ? [("former.agekey", former)]
                    : Array.Empty<(string, Value)>(),
            ]),
        Manifest.Of(
            "source.toolkit.fluxcd.io/v1", "GitRepository", platform.Name, Namespace,
            ("spec", Value.MapOf(
                ("interval", "1m"),
                ("ref", Value.MapOf(("branch", platform.Repository.Branch))),
                ("secretRef", Value.MapOf(("name", RepositorySecretName))),
                ("url", UrlOf(platform.Repository))))),
        Manifest.Of(
            "kustomize.toolkit.fluxcd.io/v1", "Kustomization", platform.Name, Namespace,
            ("spec", Value.MapOf(
                ("decryption", Value.MapOf(
                    ("provider", "sops"), ("secretRef", Value.MapOf(("name", SopsAgeName))))),
                ("interval", "10m"),
                ("path", "./" + RepositoryAddress.InRepository(platform.Repository, $"clusters/{cluster.Name}")),
                ("prune", true),
                ("retryInterval", "1m"),
                ("sourceRef", Value.MapOf(("kind", "GitRepository"), ("name", platform.Name))),
                ("timeout", "5m")))),
    ];

    /// <summary>Flux wants a scheme: <c>ssh://git@github.com/example/moonrepo.git</c>.</summary>
    private static string UrlOf(Repository repository)
    {
        var address = RepositoryAddress.Ssh(repository);
        return address.Contains("://", StringComparison.Ordinal)
            ? address
            : "ssh://" + address.Replace(":", "/", StringComparison.Ordinal);
    }

    private static Value.Map Secret(string name, params ReadOnlySpan<(string Key, Value Value)> data) => Manifest.Of(
        "v1", "Secret", name, Namespace, ("stringData", Value.MapOf(data)), ("type", "Opaque"));
}

/// <summary>The keys that Flux is given.</summary>
public sealed record FluxKeys
{
    /// <summary>The cluster's own age identity, as <c>AGE-SECRET-KEY-1…</c>; never the recovery root.</summary>
    public required Value.Sensitive Identity { get; init; }

    /// <summary>The one before it, which opens what is not encrypted again yet; null where there was none.</summary>
    public Value.Sensitive? FormerIdentity { get; init; }

    /// <summary>An SSH private key that may only read.</summary>
    public required Value.Sensitive DeployKey { get; init; }

    public required Value DeployKeyPublic { get; init; }

    /// <summary>The keys of the repository's host, one a line, as <c>ssh-keyscan</c> writes them.</summary>
    public required Value KnownHosts { get; init; }
}
