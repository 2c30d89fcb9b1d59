using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orrery.Simulation.K3s;

namespace Orrery.Cli.Simulating;

/// <summary>
/// What K3s signs by itself when it starts: its server's certificate and an administrator's, by the authorities that
/// stand on the machine. They hold as long as those do, since here a month passes in hours.
/// </summary>
internal static class ClusterCertificates
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1"; // RFC 5280, 4.2.1.12: id-kp-serverAuth.
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2"; // The same, id-kp-clientAuth.
    private const int SerialBytes = 16;

    /// <summary>For the names by which K3s is reached through a tunnel, and on this computer.</summary>
    public static X509Certificate2 Server(SimulatedCluster cluster)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        foreach (var name in new[] { "localhost", "kubernetes", "kubernetes.default.svc", cluster.NodeName })
            names.AddDnsName(name);
        return Sign(cluster, "server-ca", "CN=k3s,O=k3s", ServerAuthentication, names.Build());
    }

    /// <summary>May do everything: system:masters.</summary>
    public static X509Certificate2 Administrator(SimulatedCluster cluster) =>
        Sign(cluster, "client-ca", "CN=system:admin,O=system:masters", ClientAuthentication, null);

    private static X509Certificate2 Sign(
        SimulatedCluster cluster, string authority, string subject, string usage, X509Extension? names)
    {
        using var signer = X509Certificate2.CreateFromPem(
            cluster.TlsFile($"{authority}.crt"), cluster.TlsFile($"{authority}.key"));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        if (names is not null)
            request.CertificateExtensions.Add(names);
        using var certificate = request.Create(
            signer, new DateTimeOffset(signer.NotBefore), new DateTimeOffset(signer.NotAfter),
            RandomNumberGenerator.GetBytes(SerialBytes));
        return certificate.CopyWithPrivateKey(key);
    }
}
