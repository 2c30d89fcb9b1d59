using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Orrery.Secrets.Certificates;

/// <summary>A certificate that says who somebody is, with its key. <c>ToString</c> never shows the key.</summary>
public sealed class ClientCertificate
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2"; // RFC 5280, 4.2.1.12: id-kp-clientAuth.

    /// <summary>A machine whose clock is behind ours must accept it, too.</summary>
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    private readonly string _privateKey;

    private ClientCertificate(string pem, ECDsa key) =>
        (Pem, _privateKey) = (pem, $"{key.ExportECPrivateKeyPem()}\n");

    public string Pem { get; }

    /// <summary>The key as <c>-----BEGIN EC PRIVATE KEY-----</c>. Secret.</summary>
    public string ExportPrivateKey() => _privateKey;

    public override string ToString() => "(client certificate)";

    internal static ClientCertificate Sign(string name, ECDsa key, Validity validity, Issuer issuer)
    {
        var request = new CertificateRequest(new X500DistinguishedName(name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, critical: true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid(ClientAuthentication)], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            issuer.Certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var certificate = request.Create(
            issuer.Certificate.SubjectName, issuer.Signer, validity.From - Backdated, validity.To,
            SerialNumber.Draw(issuer.Random));
        return new ClientCertificate($"{certificate.ExportCertificatePem()}\n", key);
    }
}

/// <summary>Who signs.</summary>
internal sealed record Issuer(X509Certificate2 Certificate, X509SignatureGenerator Signer, FillRandom Random);
