using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Orrery.Secrets.Certificates;

/// <summary>
/// A certificate authority on the curve P-256 that signs itself. <c>ToString</c> never shows its key.
/// </summary>
internal sealed class CertificateAuthority : IDisposable
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2"; // RFC 5280, 4.2.1.12: id-kp-clientAuth.

    /// <summary>A machine whose clock is behind ours must trust it, too.</summary>
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    private readonly ECDsa _key;
    private readonly X509Certificate2 _certificate;

    private CertificateAuthority(X509Certificate2 certificate, ECDsa key) => (_certificate, _key) = (certificate, key);

    /// <summary>The certificate, ended by a line feed.</summary>
    public string Pem => $"{_certificate.ExportCertificatePem()}\n";

    /// <summary>
    /// Takes the key and disposes it with itself. Whether the same arguments give the same bytes depends on the key:
    /// the framework's own signs with fresh randomness, those of a rehearsal do not.
    /// </summary>
    public static CertificateAuthority Make(string name, ECDsa key, Validity validity, FillRandom random)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(true, hasPathLengthConstraint: false, pathLengthConstraint: 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment | X509KeyUsageFlags.KeyCertSign,
            critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var certificate = request.Create(
            request.SubjectName, X509SignatureGenerator.CreateForECDsa(key), validity.From - Backdated, validity.To,
            SerialNumber.Draw(random));
        return new CertificateAuthority(certificate, key);
    }

    /// <summary>A certificate by which a client is known to servers that trust this authority.</summary>
    /// <param name="name">Who it is, for example <c>CN=system:admin,O=system:masters</c>.</param>
    public ClientCertificate SignClient(string name, ECDsa key, Validity validity, FillRandom random)
    {
        var request = new CertificateRequest(new X500DistinguishedName(name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, critical: true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid(ClientAuthentication)], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            _certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var certificate = request.Create(
            _certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), validity.From - Backdated,
            validity.To, SerialNumber.Draw(random));
        return new ClientCertificate($"{certificate.ExportCertificatePem()}\n", key);
    }

    /// <summary>The key as <c>-----BEGIN EC PRIVATE KEY-----</c>. Secret.</summary>
    public string ExportPrivateKey() => $"{_key.ExportECPrivateKeyPem()}\n";

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }

    public override string ToString() => $"({_certificate.Subject})";
}

/// <summary>From when to when a certificate holds; whole seconds count.</summary>
internal sealed record Validity(DateTimeOffset From, DateTimeOffset To);
