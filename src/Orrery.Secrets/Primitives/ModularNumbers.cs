using System.Numerics;

namespace Orrery.Secrets.Primitives;

/// <summary>Numbers modulo another, as RSA needs them: big-endian bytes in and out, and the inverse.</summary>
public static class ModularNumbers
{
    public static BigInteger FromBytes(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    /// <summary>Exactly <paramref name="length"/> bytes, with leading zeros.</summary>
    public static byte[] ToBytes(BigInteger number, int length)
    {
        var bytes = new byte[length];
        var written = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        written.CopyTo(bytes, length - written.Length);
        return bytes;
    }

    /// <summary>What multiplied by the number is 1; the two must have no common factor.</summary>
    public static BigInteger Inverse(BigInteger number, BigInteger modulus)
    {
        // Euclid's algorithm, carrying how often the number itself goes into each remainder.
        var (older, newer) = (modulus, number % modulus);
        var (olderTimes, newerTimes) = (BigInteger.Zero, BigInteger.One);
        while (!newer.IsZero)
        {
            var quotient = BigInteger.Divide(older, newer);
            (older, newer) = (newer, older - (quotient * newer));
            (olderTimes, newerTimes) = (newerTimes, olderTimes - (quotient * newerTimes));
        }

        return olderTimes.Sign < 0 ? olderTimes + modulus : olderTimes;
    }
}
