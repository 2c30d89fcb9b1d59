using System.Numerics;

namespace Orrery.Simulation.Sops;

/// <summary>
/// The function X25519 of RFC 7748, section 5, which the framework lacks. In big integers and not in constant time: the
/// keys of a world are worth nothing.
/// </summary>
internal static class Curve25519
{
    public const int Bytes = 32;

    private static readonly BigInteger Prime = BigInteger.Pow(2, 255) - 19;

    // (A - 2) / 4 of the curve's equation.
    private static readonly BigInteger A24 = 121665;

    /// <summary>The point that belongs to a secret.</summary>
    public static byte[] PublicOf(ReadOnlySpan<byte> secret)
    {
        var basePoint = new byte[Bytes];
        basePoint[0] = 9;
        return Multiply(secret, basePoint);
    }

    public static byte[] Multiply(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> point)
    {
        var k = secret.ToArray();
        k[0] &= 248;
        k[31] = (byte)((k[31] & 127) | 64);
        var u = point.ToArray();
        u[31] &= 127;
        var x1 = new BigInteger(u, isUnsigned: true) % Prime;
        var (x2, z2, x3, z3) = (BigInteger.One, BigInteger.Zero, x1, BigInteger.One);
        for (var bit = 254; bit >= 0; bit--)
        {
            var isSet = ((k[bit / 8] >> (bit % 8)) & 1) == 1;
            if (isSet)
                (x2, z2, x3, z3) = (x3, z3, x2, z2);
            var (a, b, c, d) = (Reduced(x2 + z2), Reduced(x2 - z2), Reduced(x3 + z3), Reduced(x3 - z3));
            var (da, cb, aa, bb) = (Reduced(d * a), Reduced(c * b), Reduced(a * a), Reduced(b * b));
            var e = Reduced(aa - bb);
            (x3, z3) = (Reduced(Square(da + cb)), Reduced(x1 * Square(da - cb)));
            (x2, z2) = (Reduced(aa * bb), Reduced(e * (aa + (A24 * e))));
            if (isSet)
                (x2, z2, x3, z3) = (x3, z3, x2, z2);
        }

        var result = Reduced(x2 * BigInteger.ModPow(z2, Prime - 2, Prime));
        var bytes = new byte[Bytes];
        result.ToByteArray(isUnsigned: true).CopyTo(bytes, 0);
        return bytes;
    }

    private static BigInteger Square(BigInteger number) => number * number;

    private static BigInteger Reduced(BigInteger number)
    {
        var rest = number % Prime;
        return rest.Sign < 0 ? rest + Prime : rest;
    }
}
