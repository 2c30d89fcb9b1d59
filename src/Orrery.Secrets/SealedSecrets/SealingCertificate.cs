using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Orrery.Secrets.SealedSecrets;

/// <summary>The public half of a Sealed Secrets key pair: all that is needed to seal.</summary>
public sealed class SealingCertificate
{
    // As the controller makes them: https://github.com/bitnami-labs/sealed-secrets, --key-ttl.
    private const int YearsValid = 10;

    private SealingCertificate(X509Certificate2 certificate, RSAParameters key) =>
        (Pem, Key, NotBefore, NotAfter) = (
            $"{certificate.ExportCertificatePem()}\n",
            key,
            new DateTimeOffset(certificate.NotBefore.ToUniversalTime()),
            new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));

    /// <summary>As <c>kubeseal --cert</c> takes it.</summary>
    public string Pem { get; }

    /// <summary>The newest one is sealed to. Whole seconds.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary><c>kubeseal</c> refuses to seal from here on; opening goes on for ever.</summary>
    public DateTimeOffset NotAfter { get; }

    internal RSAParameters Key { get; }

    /// <summary>
    /// Reads PEM; anything but a certificate with an RSA key is a <see cref="SealedSecretException"/>.
    /// </summary>
    public static SealingCertificate Read(string pem)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(pem);
            using var key = certificate.GetRSAPublicKey();
            return key is null
                ? throw Refused("its key is not of RSA")
                : new SealingCertificate(certificate, key.ExportParameters(includePrivateParameters: false));
        }
        catch (CryptographicException)
        {
            throw Refused("it is not a certificate in PEM");
        }
    }

    /// <summary>A self-signed certificate for this key.</summary>
    internal static SealingCertificate Make(RSA key, DateTimeOffset notBefore, FillRandom random)
    {
        var request = new CertificateRequest(
            "CN=sealed-secrets", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(true, hasPathLengthConstraint: false, pathLengthConstraint: 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.EncipherOnly, critical: true));
        using var certificate = request.Create(
            request.SubjectName,
            X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1),
            notBefore,
            notBefore.AddYears(YearsValid),
            Certificates.SerialNumber.Draw(random));
        return new SealingCertificate(certificate, key.ExportParameters(includePrivateParameters: false));
    }

    private static SealedSecretException Refused(string why) =>
        new(SealedSecretFailure.KeyPair, $"the sealing certificate cannot be used: {why}");
}
