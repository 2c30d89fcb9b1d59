using Orrery.Secrets.Certificates;

namespace Orrery.Providers.Talos;

/// <summary>Stands in for secrets where a configuration is written without them.</summary>
internal static class Placeholders
{
    private static readonly CertificateAndKey Pair = new("", "");

    public static TalosSecrets Secrets { get; } = new()
    {
        ClusterId = "",
        ClusterSecret = "",
        BootstrapToken = "",
        TrustdToken = "",
        SecretboxEncryptionSecret = "",
        Etcd = Pair,
        Kubernetes = Pair,
        Aggregator = Pair,
        Os = Pair,
        ServiceAccountKey = "",
    };
}
