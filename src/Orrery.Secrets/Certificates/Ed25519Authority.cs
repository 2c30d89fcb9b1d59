using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orrery.Secrets.Primitives;

namespace Orrery.Secrets.Certificates;

/// <summary>
/// A certificate authority with an Ed25519 key, as Talos has one for its machine API. The framework can neither make
/// nor hold such keys, so that what it signs are certificates of keys on P-256. <c>ToString</c> never shows its key.
/// </summary>
internal sealed class Ed25519Authority : IDisposable
{
    private const string KeyLabel = "ED25519 PRIVATE KEY"; // Of https://github.com/siderolabs/crypto, x509.
    private const string Algorithm = "1.3.101.112"; // RFC 8410, 3: id-Ed25519.

    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    private readonly byte[] _seed;
    private readonly X509Certificate2 _certificate;

    private Ed25519Authority(X509Certificate2 certificate, byte[] seed) => (_certificate, _seed) = (certificate, seed);

    /// <summary>The certificate, ended by a line feed.</summary>
    public string Pem => $"{_certificate.ExportCertificatePem()}\n";

    /// <param name="name">For example <c>O=talos</c>.</param>
    public static Ed25519Authority Make(string name, Validity validity, FillRandom random)
    {
        var seed = new byte[Ed25519.KeyBytes];
        random(seed);
        var signer = new Signer(seed);
        var request = new CertificateRequest(
            new X500DistinguishedName(name), signer.PublicKey, HashAlgorithmName.SHA512);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(signer.PublicKey, critical: false));
        var certificate = request.Create(
            request.SubjectName, signer, validity.From - Backdated, validity.To, SerialNumber.Draw(random));
        return new Ed25519Authority(certificate, seed);
    }

    /// <summary>
    /// The authority of a certificate and a key; throws <see cref="CryptographicException"/>, which shows nothing of
    /// the key, where they are none or do not belong together.
    /// </summary>
    public static Ed25519Authority Open(string certificate, string privateKey)
    {
        var seed = SeedOf(privateKey);
        var opened = X509Certificate2.CreateFromPem(certificate);
        // Of the certificate's own bytes: the framework has no object for such a key.
        if (opened.GetPublicKey().AsSpan().SequenceEqual(Ed25519.PublicKey(seed)))
            return new Ed25519Authority(opened, seed);
        opened.Dispose();
        throw new CryptographicException("the authority's certificate and its Ed25519 key do not belong together");
    }

    /// <inheritdoc cref="CertificateAuthority.SignClient"/>
    public ClientCertificate SignClient(string name, ECDsa key, Validity validity, FillRandom random) =>
        ClientCertificate.Sign(name, key, validity, new Issuer(_certificate, new Signer(_seed), random));

    /// <summary>The key as PKCS #8 in PEM, labelled as Talos labels it. Secret.</summary>
    public string ExportPrivateKey()
    {
        // RFC 8410, 7: version 0, the algorithm without parameters, the seed as an octet string within one.
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            WriteAlgorithm(writer);
            using (writer.PushOctetString())
                writer.WriteOctetString(_seed);
        }

        return $"{PemEncoding.WriteString(KeyLabel, writer.Encode())}\n";
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_seed);
        _certificate.Dispose();
    }

    public override string ToString() => $"({_certificate.Subject})";

    private static byte[] SeedOf(string privateKey)
    {
        try
        {
            var pem = PemEncoding.Find(privateKey);
            var bytes = Convert.FromBase64String(privateKey[pem.Base64Data]);
            var key = new AsnReader(bytes, AsnEncodingRules.DER).ReadSequence();
            key.ReadInteger();
            var algorithm = key.ReadSequence().ReadObjectIdentifier();
            var seed = new AsnReader(key.ReadOctetString(), AsnEncodingRules.DER).ReadOctetString();
            if (algorithm == Algorithm && seed.Length == Ed25519.KeyBytes)
                return seed;
        }
        catch (Exception problem) when (problem is ArgumentException or FormatException or AsnContentException)
        {
            // Not passed on: its own words could quote the key.
        }

        throw new CryptographicException("the authority's key is no Ed25519 key");
    }

    private static void WriteAlgorithm(AsnWriter writer)
    {
        using (writer.PushSequence())
            writer.WriteObjectIdentifier(Algorithm);
    }

    private sealed class Signer(byte[] seed) : X509SignatureGenerator
    {
        protected override PublicKey BuildPublicKey()
        {
            var writer = new AsnWriter(AsnEncodingRules.DER);
            using (writer.PushSequence())
            {
                WriteAlgorithm(writer);
                writer.WriteBitString(Ed25519.PublicKey(seed));
            }

            return PublicKey.CreateFromSubjectPublicKeyInfo(writer.Encode(), out _);
        }

        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm)
        {
            var writer = new AsnWriter(AsnEncodingRules.DER);
            WriteAlgorithm(writer);
            return writer.Encode();
        }

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => Ed25519.Sign(seed, data);
    }
}
