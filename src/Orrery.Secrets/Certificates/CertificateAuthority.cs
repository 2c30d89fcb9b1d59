using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Orrery.Secrets.Certificates;

/// <summary>
/// A certificate authority on the curve P-256 that signs itself. <c>ToString</c> never shows its key.
/// </summary>
internal sealed class CertificateAuthority : IDisposable
{
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
    /// <param name="name">For example <c>CN=k3s-client-ca@1767225600</c>.</param>
    public static CertificateAuthority Make(string name, ECDsa key, Validity validity, FillRandom random)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
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

    /// <summary>
    /// The authority of a certificate and its key; throws <see cref="CryptographicException"/>, which shows nothing of
    /// the key, where they are none or do not belong together.
    /// </summary>
    public static CertificateAuthority Open(string certificate, string privateKey)
    {
        using var together = Together(certificate, privateKey);
        return new CertificateAuthority(
            X509Certificate2.CreateFromPem(certificate),
            together.GetECDsaPrivateKey() ?? throw new CryptographicException("the authority's key is on no curve"));
    }

    /// <summary>A certificate by which a client is known to servers that trust this authority.</summary>
    /// <param name="name">Who it is, for example <c>CN=system:admin,O=system:masters</c>.</param>
    public ClientCertificate SignClient(string name, ECDsa key, Validity validity, FillRandom random) =>
        ClientCertificate.Sign(
            name, key, validity, new Issuer(_certificate, X509SignatureGenerator.CreateForECDsa(_key), random));

    /// <summary>The key as <c>-----BEGIN EC PRIVATE KEY-----</c>. Secret.</summary>
    public string ExportPrivateKey() => $"{_key.ExportECPrivateKeyPem()}\n";

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }

    private static X509Certificate2 Together(string certificate, string privateKey)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificate, privateKey);
        }
        catch (Exception problem) when (problem is CryptographicException or ArgumentException)
        {
            throw new CryptographicException("the authority's certificate and its key do not belong together", problem);
        }
    }

    public override string ToString() => $"({_certificate.Subject})";
}

/// <summary>From when to when a certificate holds; whole seconds count.</summary>
internal sealed record Validity(DateTimeOffset From, DateTimeOffset To);
