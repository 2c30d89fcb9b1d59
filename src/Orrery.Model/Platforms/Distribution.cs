using Orrery.Model.Values;

namespace Orrery.Model.Platforms;

/// <summary>Which Kubernetes runs on the machines: exactly one choice.</summary>
public abstract record Distribution
{
    private Distribution()
    {
    }

    /// <param name="Kubernetes">For example <c>v1.34.3+k3s3</c>.</param>
    public sealed record K3s(string Kubernetes) : Distribution;

    public sealed record Talos : Distribution
    {
        /// <summary>For example <c>v1.12.4</c>.</summary>
        public required string Version { get; init; }

        /// <summary>For example <c>v1.35.1</c>.</summary>
        public required string Kubernetes { get; init; }

        /// <summary>By their short names, for example <c>iscsi-tools</c>, in order of the names.</summary>
        public required ValueList<string> Extensions { get; init; }

        /// <summary>Boots signed images only.</summary>
        public required bool SecureBoot { get; init; }

        /// <summary>The partition with the machine's configuration is encrypted with a key of its TPM.</summary>
        public required bool EncryptsState { get; init; }

        /// <summary>Likewise the partition with the cluster's data.</summary>
        public required bool EncryptsEphemeral { get; init; }

        public required TalosImage Image { get; init; }
    }
}

/// <summary>What Talos' machines boot.</summary>
/// <param name="Platform">nocloud or metal.</param>
/// <param name="Format">raw or qcow2.</param>
/// <param name="HasNetwork">Addresses are baked into each node's image; else they come with the configuration.</param>
public sealed record TalosImage(string Platform, string Format, bool HasNetwork);
