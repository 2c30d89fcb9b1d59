using System.Text;
using Orrery.GitOps.Catalog;
using Orrery.GitOps.Manifests;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Delivery;

/// <summary>
/// Objects that hold secrets. They never stand in the tree: the hand-off applies them through the API, each before what
/// needs it. Their data are parameters and stay sensitive.
/// </summary>
public static class BootstrapSecrets
{
    /// <summary>In argocd, for Image Updater to look for tags.</summary>
    public const string ImagePullName = "image-pull";

    /// <summary>In argocd, for Image Updater alone to push.</summary>
    public const string WriteBackName = "image-updater-git";

    /// <summary>In the engine's namespace, with what it reads the repository with.</summary>
    public const string RepositoryName = "repository";

    /// <summary>The cluster's age identities, for who decrypts in it.</summary>
    public const string SopsAgeName = "sops-age";

    /// <summary>Where KSOPS finds the identity of now.</summary>
    public const string AgeKeysFile = "keys.txt";

    /// <summary>The one before it: old documents must open until all are encrypted again.</summary>
    public const string FormerAgeKeysFile = "former.txt";

    /// <summary>
    /// A key pair of Sealed Secrets; the controller adopts all that it finds and seals with the newest.
    /// </summary>
    /// <param name="name">Different for each pair that is kept.</param>
    /// <param name="certificate">PEM.</param>
    /// <param name="privateKey">PEM.</param>
    public static Value.Map SealedSecretsKey(string name, Value certificate, Value.Sensitive privateKey) =>
        Secret(name, "kube-system", "kubernetes.io/tls", ("tls.crt", certificate), ("tls.key", privateKey))
            .Labelled("sealedsecrets.bitnami.com/sealed-secrets-key", "active");

    /// <summary>What the engine reads the repository with.</summary>
    /// <param name="deployKey">An SSH private key that may only read.</param>
    /// <param name="publicKey">The other half.</param>
    public static Value.Map Repository(
        GitOpsEngine engine, Repository repository, Value.Sensitive deployKey, Value publicKey) => engine switch
        {
            GitOpsEngine.Flux => Secret(
                RepositoryName,
                Kustomizations.Namespace,
                "Opaque",
                ("identity", deployKey),
                ("identity.pub", publicKey),
                // Nobody is believed to be another host's server.
                ("known_hosts", RepositoryAddress.KnownHosts(repository) ?? "")),
            _ => Secret(
                RepositoryName,
                Catalog.ArgoCd.Namespace,
                "Opaque",
                ("sshPrivateKey", deployKey),
                ("type", "git"),
                ("url", RepositoryAddress.Ssh(repository)))
                .Labelled("argocd.argoproj.io/secret-type", "repository"),
        };

    /// <param name="space">The namespace of the pods that pull.</param>
    /// <param name="registry">For example <c>ghcr.io</c>.</param>
    public static Value.Map ImagePull(string space, string registry, string user, Value.Sensitive token)
    {
        var plain = token.AsText() ?? "";
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{plain}"));
        var entry = Value.MapOf(("auth", basic), ("password", plain), ("username", user));
        var config = Value.MapOf(("auths", Value.MapOf((registry, entry))));
        return Secret(
            ImagePullName,
            space,
            "kubernetes.io/dockerconfigjson",
            (".dockerconfigjson", new Value.Sensitive(Json.Of(config))));
    }

    /// <summary>What Image Updater pushes with; in its own namespace only.</summary>
    public static Value.Map ImageUpdaterWriteBack(string user, Value.Sensitive token) => Secret(
        WriteBackName, Catalog.ArgoCd.Namespace, "Opaque", ("password", token), ("username", user));

    /// <summary>
    /// What KSOPS or Flux opens SOPS documents with: the cluster's own identity, and never the recovery root.
    /// </summary>
    /// <param name="identity">As <c>AGE-SECRET-KEY-1…</c>.</param>
    /// <param name="former">The one before it; null where there was none.</param>
    public static Value.Map SopsAge(GitOpsEngine engine, Value.Sensitive identity, Value.Sensitive? former)
    {
        // Flux takes all keys that are named so, and passes over others.
        var (space, now, before) = engine is GitOpsEngine.Flux
            ? (Kustomizations.Namespace, "identity.agekey", "former.agekey")
            : (Catalog.ArgoCd.Namespace, AgeKeysFile, FormerAgeKeysFile);
        return Secret(
            SopsAgeName, space, "Opaque",
            [
                (now, identity),
                .. former is null ? Array.Empty<(string, Value)>() : [(before, former)],
            ]);
    }

    /// <summary>What a component reads.</summary>
    /// <param name="space">The component's namespace.</param>
    /// <param name="values">Each of <see cref="ComponentSecret.Data"/>; null where nobody has it.</param>
    public static Value.Map Of(ComponentSecret secret, string space, Func<SecretSource, Value?> values) => Secret(
        secret.Name, space, "Opaque",
        [
            .. from entry in secret.Data
               let value = values(entry.Value)
               where value is not null
               select (entry.Key, value),
        ]);

    /// <summary>What the Vault unseals itself with.</summary>
    /// <param name="key">32 bytes in base64.</param>
    public static Value.Map VaultSeal(Value.Sensitive key) =>
        Secret(Catalog.VaultAccess.SealSecret, Catalog.VaultAccess.Server, "Opaque", ("key", key));

    private static Value.Map Secret(
        string name, string space, string type, params ReadOnlySpan<(string Key, Value Value)> data) => Manifest.Of(
        "v1", "Secret", name, space, ("stringData", Value.MapOf(data)), ("type", type));
}
