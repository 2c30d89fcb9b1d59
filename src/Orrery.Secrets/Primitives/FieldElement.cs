using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Orrery.Secrets.Primitives;

/// <summary>
/// A number modulo 2^255 - 19, as ten signed limbs of 26 and 25 bits in turn. Constant-time by construction: only
/// additions, multiplications and shifts of 64-bit words, no branch and no index depends on the value.
/// </summary>
[InlineArray(LimbCount)]
internal struct FieldElement
{
    private const int LimbCount = 10;
    private const int Bytes = 32;

    private long _limb;

    public static FieldElement Zero => default;

    public static FieldElement One
    {
        get
        {
            var one = Zero;
            one[0] = 1;
            return one;
        }
    }

    /// <summary>Reads 32 bytes, little-endian; the highest bit is ignored (RFC 7748, section 5).</summary>
    public static FieldElement Read(ReadOnlySpan<byte> bytes)
    {
        // A limb spans at most five bytes and starts at byte 28 at the latest: room to read eight there.
        Span<byte> padded = stackalloc byte[Bytes + 4];
        bytes[..Bytes].CopyTo(padded);
        var element = Zero;
        var offset = 0;
        for (var i = 0; i < LimbCount; i++)
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(padded[(offset / 8)..]) >> (offset % 8);
            element[i] = (long)(word & ((1UL << Width(i)) - 1));
            offset += Width(i);
        }

        return element;
    }

    /// <summary>Writes the one canonical form: 32 bytes, little-endian, less than the modulus.</summary>
    public readonly void Write(Span<byte> bytes)
    {
        var value = this;
        // The quotient by the modulus, from the top: value + 19 overflows 2^255 exactly when value is not yet reduced.
        var quotient = ((19 * value[9]) + (1L << 24)) >> 25;
        for (var i = 0; i < LimbCount; i++)
            quotient = (value[i] + quotient) >> Width(i);

        value[0] += 19 * quotient;
        var pending = 0UL;
        var (pendingBits, written, carry) = (0, 0, 0L);
        for (var i = 0; i < LimbCount; i++)
        {
            var limb = value[i] + carry;
            carry = limb >> Width(i);
            pending |= (ulong)(limb - (carry << Width(i))) << pendingBits;
            for (pendingBits += Width(i); pendingBits >= 8; pendingBits -= 8, pending >>= 8)
                bytes[written++] = (byte)pending;
        }

        bytes[written] = (byte)pending;
    }

    public static FieldElement operator +(in FieldElement left, in FieldElement right)
    {
        var sum = Zero;
        sum[0] = left[0] + right[0];
        sum[1] = left[1] + right[1];
        sum[2] = left[2] + right[2];
        sum[3] = left[3] + right[3];
        sum[4] = left[4] + right[4];
        sum[5] = left[5] + right[5];
        sum[6] = left[6] + right[6];
        sum[7] = left[7] + right[7];
        sum[8] = left[8] + right[8];
        sum[9] = left[9] + right[9];
        return sum;
    }

    public static FieldElement operator -(in FieldElement left, in FieldElement right)
    {
        var difference = Zero;
        difference[0] = left[0] - right[0];
        difference[1] = left[1] - right[1];
        difference[2] = left[2] - right[2];
        difference[3] = left[3] - right[3];
        difference[4] = left[4] - right[4];
        difference[5] = left[5] - right[5];
        difference[6] = left[6] - right[6];
        difference[7] = left[7] - right[7];
        difference[8] = left[8] - right[8];
        difference[9] = left[9] - right[9];
        return difference;
    }

    /// <summary>
    /// The product. Operands may be a sum or difference of two products, no more: then every intermediate fits 63 bits.
    /// A product of two odd limbs counts twice (their weights are rounded up); what passes 2^255 comes back times 19.
    /// </summary>
    public static FieldElement operator *(in FieldElement left, in FieldElement right)
    {
        var (f0, f1, f2, f3, f4) = (left[0], left[1], left[2], left[3], left[4]);
        var (f5, f6, f7, f8, f9) = (left[5], left[6], left[7], left[8], left[9]);
        var (g0, g1, g2, g3, g4) = (right[0], right[1], right[2], right[3], right[4]);
        var (g5, g6, g7, g8, g9) = (right[5], right[6], right[7], right[8], right[9]);
        var (d1, d3, d5, d7, d9) = (2 * f1, 2 * f3, 2 * f5, 2 * f7, 2 * f9);

        var product = Zero;
        product[0] = f0 * g0
            + (19 * (d1 * g9 + f2 * g8 + d3 * g7 + f4 * g6 + d5 * g5 + f6 * g4 + d7 * g3 + f8 * g2 + d9 * g1));
        product[1] = f0 * g1 + f1 * g0
            + (19 * (f2 * g9 + f3 * g8 + f4 * g7 + f5 * g6 + f6 * g5 + f7 * g4 + f8 * g3 + f9 * g2));
        product[2] = f0 * g2 + d1 * g1 + f2 * g0
            + (19 * (d3 * g9 + f4 * g8 + d5 * g7 + f6 * g6 + d7 * g5 + f8 * g4 + d9 * g3));
        product[3] = f0 * g3 + f1 * g2 + f2 * g1 + f3 * g0
            + (19 * (f4 * g9 + f5 * g8 + f6 * g7 + f7 * g6 + f8 * g5 + f9 * g4));
        product[4] = f0 * g4 + d1 * g3 + f2 * g2 + d3 * g1 + f4 * g0
            + (19 * (d5 * g9 + f6 * g8 + d7 * g7 + f8 * g6 + d9 * g5));
        product[5] = f0 * g5 + f1 * g4 + f2 * g3 + f3 * g2 + f4 * g1 + f5 * g0
            + (19 * (f6 * g9 + f7 * g8 + f8 * g7 + f9 * g6));
        product[6] = f0 * g6 + d1 * g5 + f2 * g4 + d3 * g3 + f4 * g2 + d5 * g1 + f6 * g0
            + (19 * (d7 * g9 + f8 * g8 + d9 * g7));
        product[7] = f0 * g7 + f1 * g6 + f2 * g5 + f3 * g4 + f4 * g3 + f5 * g2 + f6 * g1 + f7 * g0
            + (19 * (f8 * g9 + f9 * g8));
        product[8] = f0 * g8 + d1 * g7 + f2 * g6 + d3 * g5 + f4 * g4 + d5 * g3 + f6 * g2 + d7 * g1 + f8 * g0
            + (19 * (d9 * g9));
        product[9] = f0 * g9 + f1 * g8 + f2 * g7 + f3 * g6 + f4 * g5 + f5 * g4 + f6 * g3 + f7 * g2 + f8 * g1 + f9 * g0;
        Carry(ref product);
        return product;
    }

    public static FieldElement operator *(in FieldElement left, int right)
    {
        var product = Zero;
        for (var i = 0; i < LimbCount; i++)
            product[i] = left[i] * right;
        Carry(ref product);
        return product;
    }

    /// <summary>
    /// One over this, by Fermat: the power 2^255 - 21. Its binary digits are 250 ones, which are doubled in number from
    /// product to product, then 01011.
    /// </summary>
    public readonly FieldElement Invert()
    {
        var two = this * this;
        var nine = two.Squared(2) * this;
        var eleven = nine * two;
        var ones5 = eleven * eleven * nine;
        var ones10 = ones5.Squared(5) * ones5;
        var ones20 = ones10.Squared(10) * ones10;
        var ones40 = ones20.Squared(20) * ones20;
        var ones50 = ones40.Squared(10) * ones10;
        var ones100 = ones50.Squared(50) * ones50;
        var ones200 = ones100.Squared(100) * ones100;
        var ones250 = ones200.Squared(50) * ones50;
        return ones250.Squared(5) * eleven;
    }

    /// <summary>Exchanges the two if <paramref name="swap"/> is 1, leaves them if it is 0, in the same time.</summary>
    public static void Swap(ref FieldElement left, ref FieldElement right, long swap)
    {
        var mask = -swap;
        for (var i = 0; i < LimbCount; i++)
        {
            var difference = mask & (left[i] ^ right[i]);
            left[i] ^= difference;
            right[i] ^= difference;
        }
    }

    private readonly FieldElement Squared(int times)
    {
        var result = this;
        for (var i = 0; i < times; i++)
            result *= result;
        return result;
    }

    // One after the other by hand: a loop costs as much as the product.
    private static void Carry(ref FieldElement value)
    {
        value[1] += TakeCarry(ref value[0], 26);
        value[2] += TakeCarry(ref value[1], 25);
        value[3] += TakeCarry(ref value[2], 26);
        value[4] += TakeCarry(ref value[3], 25);
        value[5] += TakeCarry(ref value[4], 26);
        value[6] += TakeCarry(ref value[5], 25);
        value[7] += TakeCarry(ref value[6], 26);
        value[8] += TakeCarry(ref value[7], 25);
        value[9] += TakeCarry(ref value[8], 26);
        value[0] += 19 * TakeCarry(ref value[9], 25);
        value[1] += TakeCarry(ref value[0], 26);
    }

    // Rounded to nearest, so that limbs stay small on both sides of zero.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long TakeCarry(ref long limb, int width)
    {
        var carry = (limb + (1L << (width - 1))) >> width;
        limb -= carry << width;
        return carry;
    }

    private static int Width(int limb) => 26 - (limb & 1);
}
