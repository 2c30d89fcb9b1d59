using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Orrery.Secrets.Primitives;

/// <summary>
/// Signatures on edwards25519 (RFC 8032, 5.1), constant-time. The framework has none; see docs/decisions/0002. We sign
/// only: whoever verifies has a library that does.
/// </summary>
internal static class Ed25519
{
    /// <summary>Of the seed, which is the private key, and of the public key.</summary>
    public const int KeyBytes = 32;

    public const int SignatureBytes = 64;

    // RFC 8032, 5.1: the curve's constant d, doubled, and the base point.
    private static readonly FieldElement DoubledD =
        FieldElement.Read(Hex("a3785913ca4deb75abd841414d0a700098e879777940c78c73fe6f2bee6c0352")) * 2;

    private static readonly FieldElement BaseX =
        FieldElement.Read(Hex("1ad5258f602d56c9b2a7259560c72c695cdcd6fd31e2a4c0fe536ecdd3366921"));

    private static readonly FieldElement BaseY =
        FieldElement.Read(Hex("5866666666666666666666666666666666666666666666666666666666666666"));

    public static byte[] PublicKey(ReadOnlySpan<byte> seed)
    {
        var expanded = Expand(seed);
        var publicKey = MultiplyBase(expanded.AsSpan(0, KeyBytes));
        CryptographicOperations.ZeroMemory(expanded);
        return publicKey;
    }

    /// <summary>The same message gives the same signature.</summary>
    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message)
    {
        var expanded = Expand(seed);
        var scalar = expanded.AsSpan(0, KeyBytes);
        var publicKey = MultiplyBase(scalar);
        var nonce = Ed25519Scalar.Reduce(SHA512.HashData([.. expanded.AsSpan(KeyBytes), .. message]));
        var point = MultiplyBase(nonce);
        var challenge = Ed25519Scalar.Reduce(SHA512.HashData([.. point, .. publicKey, .. message]));
        byte[] signature = [.. point, .. Ed25519Scalar.MultiplyAdd(challenge, scalar, nonce)];
        CryptographicOperations.ZeroMemory(expanded);
        CryptographicOperations.ZeroMemory(nonce);
        return signature;
    }

    /// <summary>The secret scalar, and what nonces are made of.</summary>
    private static byte[] Expand(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != KeyBytes)
            throw new ArgumentException("an Ed25519 key has 32 bytes");
        var expanded = SHA512.HashData(seed);
        expanded[0] &= 248;
        expanded[31] = (byte)((expanded[31] & 127) | 64);
        return expanded;
    }

    /// <summary>The base point as often as the scalar says, in its short form.</summary>
    private static byte[] MultiplyBase(ReadOnlySpan<byte> scalar)
    {
        var basePoint = new Point(BaseX, BaseY, FieldElement.One, BaseX * BaseY);
        var product = new Point(FieldElement.Zero, FieldElement.One, FieldElement.One, FieldElement.Zero);
        for (var bit = 255; bit >= 0; bit--)
        {
            product = Add(product, product);
            var sum = Add(product, basePoint);
            Point.Swap(ref product, ref sum, (scalar[bit / 8] >> (bit % 8)) & 1);
        }

        return Compress(product);
    }

    // RFC 8032, 5.1.4, with its names; it is complete: doubling, and adding nothing, are no special cases.
    private static Point Add(in Point one, in Point other)
    {
        var a = (one.Y - one.X) * (other.Y - other.X);
        var b = (one.Y + one.X) * (other.Y + other.X);
        var c = one.T * DoubledD * other.T;
        var d = one.Z * other.Z * 2;
        var (e, f, g, h) = (b - a, d - c, d + c, b + a);
        return new Point(e * f, g * h, f * g, e * h);
    }

    private static byte[] Compress(in Point point)
    {
        var inverse = point.Z.Invert();
        var (x, y) = (new byte[KeyBytes], new byte[KeyBytes]);
        (point.X * inverse).Write(x);
        (point.Y * inverse).Write(y);
        y[^1] |= (byte)((x[0] & 1) << 7);
        return y;
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);

    /// <summary>In extended coordinates: x = X/Z, y = Y/Z, x y = T/Z.</summary>
    [StructLayout(LayoutKind.Auto)]
    private struct Point(FieldElement x, FieldElement y, FieldElement z, FieldElement t)
    {
        public FieldElement X = x;
        public FieldElement Y = y;
        public FieldElement Z = z;
        public FieldElement T = t;

        public static void Swap(ref Point one, ref Point other, long swap)
        {
            FieldElement.Swap(ref one.X, ref other.X, swap);
            FieldElement.Swap(ref one.Y, ref other.Y, swap);
            FieldElement.Swap(ref one.Z, ref other.Z, swap);
            FieldElement.Swap(ref one.T, ref other.T, swap);
        }
    }
}
