using System.Buffers.Binary;

namespace Orrery.Secrets.Primitives;

/// <summary>
/// Numbers modulo the order of Ed25519's group, 2^252 + 27742317777372353535851937790883648493 (RFC 8032, 5.1).
/// Constant-time: the same steps for every value, and what depends on one is chosen by masks.
/// </summary>
internal static class Ed25519Scalar
{
    public const int Bytes = 32;

    private const int Words = 8;

    // Least significant word first.
    private static ReadOnlySpan<uint> Order =>
        [0x5CF5D3ED, 0x5812631A, 0xA2F79CD6, 0x14DEF9DE, 0, 0, 0, 0x10000000];

    /// <summary>A little-endian number of 64 bytes at most, reduced.</summary>
    public static byte[] Reduce(ReadOnlySpan<byte> number)
    {
        Span<uint> words = stackalloc uint[2 * Words];
        Read(number, words);
        return Reduced(words);
    }

    /// <summary>The product of two numbers, and a third added to it.</summary>
    public static byte[] MultiplyAdd(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other, ReadOnlySpan<byte> added)
    {
        Span<uint> a = stackalloc uint[Words];
        Span<uint> b = stackalloc uint[Words];
        Span<uint> sum = stackalloc uint[2 * Words];
        Read(one, a);
        Read(other, b);
        Read(added, sum);
        for (var i = 0; i < Words; i++)
        {
            var carry = 0UL;
            for (var j = 0; j < Words; j++)
            {
                carry += ((ulong)a[i] * b[j]) + sum[i + j];
                sum[i + j] = (uint)carry;
                carry >>= 32;
            }

            for (var k = i + Words; k < sum.Length; k++)
            {
                carry += sum[k];
                sum[k] = (uint)carry;
                carry >>= 32;
            }
        }

        return Reduced(sum);
    }

    private static void Read(ReadOnlySpan<byte> bytes, Span<uint> words)
    {
        for (var i = 0; i < bytes.Length / sizeof(uint); i++)
            words[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(i * sizeof(uint))..]);
    }

    // Long division bit by bit: slow, but a signature needs it three times only.
    private static byte[] Reduced(ReadOnlySpan<uint> number)
    {
        Span<uint> rest = stackalloc uint[Words];
        for (var bit = (number.Length * 32) - 1; bit >= 0; bit--)
        {
            var carry = (number[bit / 32] >> (bit % 32)) & 1;
            for (var i = 0; i < Words; i++)
                (rest[i], carry) = ((rest[i] << 1) | carry, rest[i] >> 31);
            SubtractOrder(rest);
        }

        var reduced = new byte[Bytes];
        for (var i = 0; i < Words; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(reduced.AsSpan(i * sizeof(uint)), rest[i]);
        return reduced;
    }

    /// <summary>Takes the order away once where the number is not less.</summary>
    private static void SubtractOrder(Span<uint> number)
    {
        Span<uint> difference = stackalloc uint[Words];
        var borrow = 0L;
        for (var i = 0; i < Words; i++)
        {
            borrow += (long)number[i] - Order[i];
            difference[i] = (uint)borrow;
            borrow >>= 32;
        }

        var keep = (uint)borrow; // All ones where the number was less.
        for (var i = 0; i < Words; i++)
            number[i] = (number[i] & keep) | (difference[i] & ~keep);
    }
}
