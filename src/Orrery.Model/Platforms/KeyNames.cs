namespace Orrery.Model.Platforms;

/// <summary>The keys of a cluster that can be rotated, as files and people call them.</summary>
public static class KeyNames
{
    /// <summary>Reads the repository for the cluster's GitOps engine.</summary>
    public const string Deploy = "deploy-key";

    /// <summary>Opens what is sealed to the cluster in Git.</summary>
    public const string SealedSecrets = "sealed-secrets-key";

    /// <summary>Opens the SOPS documents that are for the cluster.</summary>
    public const string ClusterIdentity = "cluster-identity";

    /// <summary>Opens Proxmox VE to one of the users that the bootstrap makes.</summary>
    public const string ProxmoxToken = "proxmox-token";

    /// <summary>In ordinal order.</summary>
    public static IReadOnlyList<string> Rotatable { get; } = [ClusterIdentity, Deploy, ProxmoxToken, SealedSecrets];

    /// <summary>The token of one user, as its file is called: a key of its own.</summary>
    public static string TokenOf(string user) => $"{user}-{ProxmoxToken}";

    /// <summary>The one of <see cref="Rotatable"/> that means a key; null where it cannot be rotated.</summary>
    public static string? NameOf(string key) =>
        key.EndsWith($"-{ProxmoxToken}", StringComparison.Ordinal) ? ProxmoxToken
        : Rotatable.Contains(key) ? key : null;

    /// <summary>
    /// The keys of a cluster that one of <see cref="Rotatable"/> means: each user's token; empty where it has none.
    /// </summary>
    public static IEnumerable<string> Of(Cluster cluster, string name) => name != ProxmoxToken
        ? [name]
        : cluster.Infrastructure is Infrastructure.Proxmox { Bootstrap: not null } proxmox
            ? proxmox.Users.Keys.Select(TokenOf)
            : [];
}
