using System.Security.Cryptography;

namespace Orrery.Secrets.SealedSecrets;

/// <summary>
/// A key pair of the Sealed Secrets controller: what it keeps as <c>tls.crt</c> and <c>tls.key</c>. <c>ToString</c>
/// never shows the key.
/// </summary>
public sealed class SealedSecretsKey
{
    /// <summary>As the controller makes them, and as a rehearsal's pool has them.</summary>
    public const int Bits = 4096;

    private readonly string _privateKey;

    private SealedSecretsKey(SealingCertificate certificate, RSA key)
    {
        Certificate = certificate;
        Private = key.ExportParameters(includePrivateParameters: true);
        _privateKey = $"{key.ExportRSAPrivateKeyPem()}\n";
    }

    public SealingCertificate Certificate { get; }

    internal RSAParameters Private { get; }

    /// <summary>
    /// A certificate of its own for a fresh RSA key. The same key, time and randomness give the same bytes.
    /// </summary>
    /// <param name="notBefore">Now; whole seconds count. Of several pairs the newest is sealed to.</param>
    public static SealedSecretsKey Make(RSA key, DateTimeOffset notBefore, FillRandom random) =>
        new(SealingCertificate.Make(key, notBefore, random), key);

    /// <summary>Reads both halves from PEM; refused where they do not belong together.</summary>
    public static SealedSecretsKey Read(string certificatePem, string privateKeyPem)
    {
        var certificate = SealingCertificate.Read(certificatePem);
        using var key = RSA.Create();
        try
        {
            key.ImportFromPem(privateKeyPem);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw Refused("its private half is not an RSA key in PEM");
        }

        if (!key.ExportParameters(includePrivateParameters: false).Modulus.AsSpan()
            .SequenceEqual(certificate.Key.Modulus))
            throw Refused("certificate and private key do not belong together");
        return new SealedSecretsKey(certificate, key);
    }

    /// <summary>The one that the controller seals to: whose certificate begins last.</summary>
    public static SealedSecretsKey Newest(IEnumerable<SealedSecretsKey> keys) =>
        keys.MaxBy(key => key.Certificate.NotBefore) ?? throw Refused("there is none");

    /// <summary>The private half as <c>-----BEGIN RSA PRIVATE KEY-----</c>: for the one file that keeps it.</summary>
    public string ExportPrivateKey() => _privateKey;

    public override string ToString() => $"(key pair of {Certificate.NotBefore:yyyy-MM-dd})";

    private static SealedSecretException Refused(string why) =>
        new(SealedSecretFailure.KeyPair, $"the Sealed Secrets key pair cannot be used: {why}");
}
