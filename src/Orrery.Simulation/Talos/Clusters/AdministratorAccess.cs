using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Orrery.Simulation.Talos.Configuration;

namespace Orrery.Simulation.Talos.Clusters;

/// <summary>
/// The kubeconfig that a control plane hands out: a certificate of the cluster's authority for a year.
/// </summary>
internal static class AdministratorAccess
{
    /// <exception cref="CryptographicException">The authority's key is none on P-256.</exception>
    public static string Kubeconfig(MachineSettings settings, DateTimeOffset now)
    {
        using var authority = X509Certificate2.CreateFromPem(settings.KubernetesAuthority);
        using var authorityKey = ECDsa.Create();
        authorityKey.ImportFromPem(settings.KubernetesAuthorityKey);
        using var key = DrawnKey.Of($"administrator {settings.ClusterId} {now.UtcTicks}");
        var request = new CertificateRequest(
            new X500DistinguishedName("O=system:masters, CN=admin"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        using var certificate = request.Create(
            authority.SubjectName, DrawnKey.Signer(authorityKey), now.AddSeconds(-10), now.AddYears(1),
            SHA256.HashData(Encoding.UTF8.GetBytes($"{now.UtcTicks}"))[..15]);
        return $$"""
            apiVersion: v1
            kind: Config
            clusters:
                - name: {{settings.ClusterName}}
                  cluster:
                    server: {{settings.Endpoint}}
                    certificate-authority-data: {{Base64(settings.KubernetesAuthority)}}
            users:
                - name: admin@{{settings.ClusterName}}
                  user:
                    client-certificate-data: {{Base64(certificate.ExportCertificatePem() + "\n")}}
                    client-key-data: {{Base64(key.ExportECPrivateKeyPem() + "\n")}}
            contexts:
                - context:
                    cluster: {{settings.ClusterName}}
                    namespace: default
                    user: admin@{{settings.ClusterName}}
                  name: admin@{{settings.ClusterName}}
            current-context: admin@{{settings.ClusterName}}

            """;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
