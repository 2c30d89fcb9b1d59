using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Orrery.Simulation.Talos.Clusters;

/// <summary>
/// Keys on P-256 and signatures by them that follow from a name: equal rehearsals give equal bytes. For nothing real.
/// </summary>
internal static class DrawnKey
{
    private static readonly BigInteger Order = BigInteger.Parse(
        "0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", NumberStyles.HexNumber,
        CultureInfo.InvariantCulture);

    /// <summary>The same key for the same name.</summary>
    public static ECDsa Of(string name)
    {
        var scalar = Scalar(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = Bytes(scalar) });
    }

    /// <summary>What Talos prints of a certificate with this key.</summary>
    public static string Fingerprint(ECDsa key) =>
        Convert.ToBase64String(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));

    /// <summary>Signs with a nonce of its own for each message.</summary>
    public static X509SignatureGenerator Signer(ECDsa key) => new Generator(key);

    private static BigInteger Scalar(byte[] bytes) =>
        new BigInteger(bytes, isUnsigned: true, isBigEndian: true) % (Order - 1) + 1;

    private static byte[] Bytes(BigInteger number)
    {
        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }

    private sealed class Generator(ECDsa key) : X509SignatureGenerator
    {
        private readonly X509SignatureGenerator _framework = CreateForECDsa(key);

        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) =>
            _framework.GetSignatureAlgorithmIdentifier(hashAlgorithm);

        // FIPS 186-5, 6.4.1, with a nonce that follows from the key and the message.
        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm)
        {
            var digest = SHA256.HashData(data);
            var secret = new BigInteger(key.ExportParameters(true).D, isUnsigned: true, isBigEndian: true);
            var nonce = Scalar(SHA256.HashData([.. Bytes(secret), .. digest]));
            using var point = ECDsa.Create(
                new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = Bytes(nonce) });
            var r = new BigInteger(point.ExportParameters(false).Q.X, isUnsigned: true, isBigEndian: true) % Order;
            var z = new BigInteger(digest, isUnsigned: true, isBigEndian: true);
            var s = BigInteger.ModPow(nonce, Order - 2, Order) * (z + r * secret) % Order;
            var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
            using (writer.PushSequence())
            {
                writer.WriteInteger(r);
                writer.WriteInteger(s);
            }

            return writer.Encode();
        }

        protected override PublicKey BuildPublicKey() => _framework.PublicKey;
    }
}
