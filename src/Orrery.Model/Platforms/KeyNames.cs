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

    /// <summary>In ordinal order.</summary>
    public static IReadOnlyList<string> Rotatable { get; } = [ClusterIdentity, Deploy, SealedSecrets];
}
