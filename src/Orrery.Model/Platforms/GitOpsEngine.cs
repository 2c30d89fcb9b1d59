using Orrery.Model.Values;

namespace Orrery.Model.Platforms;

/// <summary>What delivers a cluster's components: exactly one choice.</summary>
public abstract record GitOpsEngine
{
    private GitOpsEngine()
    {
    }

    public sealed record ArgoCd : GitOpsEngine
    {
        /// <summary>The folder of Application definitions, below the repository's path.</summary>
        public required string Apps { get; init; }

        public ImageUpdater? ImageUpdater { get; init; }

        /// <summary>AppProjects beside our own, by their names, for Applications of people.</summary>
        public ValueList<string> Projects { get; init; } = [];

        /// <summary>Where its page is reached from outside; null: nowhere.</summary>
        public string? Host { get; init; }
    }

    /// <summary>Flux, which follows the cluster's own folder <c>clusters/&lt;cluster&gt;</c>.</summary>
    public sealed record Flux : GitOpsEngine;
}

/// <summary>Follows new image tags and writes them to the repository.</summary>
public sealed record ImageUpdater
{
    /// <summary>For example <c>ghcr.io</c>.</summary>
    public required string Registry { get; init; }

    /// <summary>A regular expression for the tags that count; null: all.</summary>
    public string? AllowTags { get; init; }

    public required UpdateStrategy Update { get; init; }

    /// <summary>How often it looks.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>What is followed with these settings.</summary>
    public ValueMap<FollowedImage> Images { get; init; } = ValueMap<FollowedImage>.Empty;
}

/// <summary>An image that is followed.</summary>
/// <param name="Name">Its short name, for example <c>web</c>.</param>
/// <param name="Application">The Argo CD Application that runs it.</param>
/// <param name="Image">With its registry and without a tag: <c>ghcr.io/example/web</c>.</param>
public sealed record FollowedImage(string Name, string Application, string Image);

/// <summary>Which of the allowed tags is the newest.</summary>
public enum UpdateStrategy
{
    Semver,
    NewestBuild,
    Alphabetical,
    Digest,
}

/// <summary>How secrets reach the cluster; several ways may be used.</summary>
/// <param name="SealedSecrets">Sealed Secrets, with keys that survive a rebuild.</param>
public sealed record ClusterSecrets(bool SealedSecrets)
{
    public static ClusterSecrets None { get; } = new(SealedSecrets: false);

    /// <summary>
    /// SOPS documents, opened in the cluster with its own age identity: by KSOPS for Argo CD, by Flux itself.
    /// </summary>
    public bool Sops { get; init; }

    /// <summary>A Vault of the cluster's own; null where there is none.</summary>
    public ClusterVault? Vault { get; init; }
}

/// <summary>A Vault that runs in the cluster and gets what lies in <c>secrets/&lt;cluster&gt;/</c>.</summary>
/// <param name="ExternalSecrets">External Secrets carries it from there into namespaces.</param>
public sealed record ClusterVault(bool ExternalSecrets);
