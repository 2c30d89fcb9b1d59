using System.Security.Cryptography;

namespace Orrery.Secrets.Primitives;

/// <summary>
/// Diffie-Hellman on Curve25519 (RFC 7748), constant-time. The framework has none; see docs/decisions/0002.
/// </summary>
internal static class X25519
{
    public const int KeyBytes = 32;

    // (486662 - 2) / 4, from the curve's equation: RFC 7748, section 5.
    private const int A24 = 121665;

    private static ReadOnlySpan<byte> BasePoint =>
        [9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    public static byte[] PublicKey(ReadOnlySpan<byte> secret) => Agree(secret, BasePoint);

    /// <summary>The shared secret; all zero where the point is of low order, which callers refuse.</summary>
    public static byte[] Agree(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> point)
    {
        if (secret.Length != KeyBytes || point.Length != KeyBytes)
            throw new ArgumentException("an X25519 key has 32 bytes");

        Span<byte> scalar = stackalloc byte[KeyBytes];
        secret.CopyTo(scalar);
        scalar[0] &= 248;
        scalar[31] = (byte)((scalar[31] & 127) | 64);
        var shared = new byte[KeyBytes];
        Multiply(scalar, FieldElement.Read(point)).Write(shared);
        CryptographicOperations.ZeroMemory(scalar);
        return shared;
    }

    // The Montgomery ladder with the names of RFC 7748, section 5: (x2:z2) and (x3:z3) always differ by the point.
    private static FieldElement Multiply(ReadOnlySpan<byte> scalar, in FieldElement x1)
    {
        var (x2, z2, x3, z3) = (FieldElement.One, FieldElement.Zero, x1, FieldElement.One);
        var swapped = 0L;
        for (var bit = 254; bit >= 0; bit--)
        {
            var current = (long)(scalar[bit / 8] >> (bit % 8)) & 1;
            FieldElement.Swap(ref x2, ref x3, swapped ^ current);
            FieldElement.Swap(ref z2, ref z3, swapped ^ current);
            swapped = current;

            var (a, b) = (x2 + z2, x2 - z2);
            var (c, d) = (x3 + z3, x3 - z3);
            var (aa, bb) = (a * a, b * b);
            var (da, cb) = (d * a, c * b);
            var (sum, difference) = (da + cb, da - cb);
            var e = aa - bb;
            x3 = sum * sum;
            z3 = x1 * (difference * difference);
            x2 = aa * bb;
            z2 = e * (aa + (e * A24));
        }

        FieldElement.Swap(ref x2, ref x3, swapped);
        FieldElement.Swap(ref z2, ref z3, swapped);
        return x2 * z2.Invert();
    }
}
