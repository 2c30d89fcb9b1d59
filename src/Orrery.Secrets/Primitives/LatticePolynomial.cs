namespace Orrery.Secrets.Primitives;

/// <summary>
/// A polynomial of ML-KEM (FIPS 203): 256 coefficients modulo 3329, each kept below it. Constant-time: secrets meet
/// only additions, multiplications and shifts, no division, no branch and no index.
/// </summary>
internal sealed class LatticePolynomial
{
    public const int Modulus = 3329;
    private const int Length = 256;
    private const int Half = Length / 2;

    // 128 inverted, by which the inverse transform multiplies at its end (FIPS 203, algorithm 10).
    private const int InverseOfHalf = 3303;

    // 2^24 over the modulus, rounded down: the quotient of what is below 2^24 is at most one too small.
    private const int Reciprocal = 5039;

    private static readonly int[] Roots = [.. Enumerable.Range(0, Half).Select(i => Power(17, Reversed(i)))];
    private static readonly int[] OddRoots =
        [.. Enumerable.Range(0, Half).Select(i => Power(17, (2 * Reversed(i)) + 1))];

    private readonly int[] _coefficients = new int[Length];

    /// <summary>Uniform, in the transformed domain, from public bytes without an end (algorithm 7).</summary>
    public static LatticePolynomial SampleUniform(Keccak source)
    {
        var polynomial = new LatticePolynomial();
        Span<byte> bytes = stackalloc byte[3];
        for (var filled = 0; filled < Length;)
        {
            source.Read(bytes);
            foreach (var value in new[] { bytes[0] | ((bytes[1] & 15) << 8), (bytes[1] >> 4) | (bytes[2] << 4) })
            {
                if (value < Modulus && filled < Length)
                    polynomial._coefficients[filled++] = value;
            }
        }

        return polynomial;
    }

    /// <summary>Small coefficients from 128 secret bytes, each two bits less two others (algorithm 8).</summary>
    public static LatticePolynomial SampleSmall(ReadOnlySpan<byte> bytes)
    {
        var polynomial = new LatticePolynomial();
        for (var i = 0; i < Length; i++)
        {
            var bits = bytes[i / 2] >> (4 * (i & 1));
            var difference = (bits & 1) + ((bits >> 1) & 1) - ((bits >> 2) & 1) - ((bits >> 3) & 1);
            polynomial._coefficients[i] = difference + ((difference >> 31) & Modulus);
        }

        return polynomial;
    }

    /// <summary>Reads numbers of <paramref name="bits"/> bits and scales them up to the modulus.</summary>
    public static LatticePolynomial Decompress(ReadOnlySpan<byte> bytes, int bits)
    {
        var polynomial = Decode(bytes, bits);
        for (var i = 0; i < Length; i++)
            polynomial._coefficients[i] = ((polynomial._coefficients[i] * Modulus) + (1 << (bits - 1))) >> bits;
        return polynomial;
    }

    /// <summary>Reads numbers of <paramref name="bits"/> bits as they are; 12 may pass the modulus.</summary>
    public static LatticePolynomial Decode(ReadOnlySpan<byte> bytes, int bits)
    {
        var polynomial = new LatticePolynomial();
        var (pending, count, next) = (0, 0, 0);
        for (var i = 0; i < Length; i++)
        {
            for (; count < bits; count += 8)
                pending |= bytes[next++] << count;
            polynomial._coefficients[i] = pending & ((1 << bits) - 1);
            pending >>= bits;
            count -= bits;
        }

        return polynomial;
    }

    /// <summary>All are below the modulus: asked of what others publish.</summary>
    public bool IsReduced => _coefficients.All(coefficient => coefficient < Modulus);

    /// <summary>Scales down to numbers of <paramref name="bits"/> bits, rounded, and writes them.</summary>
    public void Compress(Span<byte> target, int bits)
    {
        var compressed = new LatticePolynomial();
        for (var i = 0; i < Length; i++)
        {
            var (quotient, _) = Divide((_coefficients[i] << bits) + (Modulus / 2));
            compressed._coefficients[i] = quotient & ((1 << bits) - 1);
        }

        compressed.Encode(target, bits);
    }

    public void Encode(Span<byte> target, int bits)
    {
        var (pending, count, next) = (0, 0, 0);
        foreach (var coefficient in _coefficients)
        {
            pending |= coefficient << count;
            for (count += bits; count >= 8; count -= 8, pending >>= 8)
                target[next++] = (byte)pending;
        }
    }

    public static LatticePolynomial operator +(LatticePolynomial left, LatticePolynomial right)
    {
        var sum = new LatticePolynomial();
        for (var i = 0; i < Length; i++)
            sum._coefficients[i] = Add(left._coefficients[i], right._coefficients[i]);
        return sum;
    }

    public static LatticePolynomial operator -(LatticePolynomial left, LatticePolynomial right)
    {
        var difference = new LatticePolynomial();
        for (var i = 0; i < Length; i++)
            difference._coefficients[i] = Subtract(left._coefficients[i], right._coefficients[i]);
        return difference;
    }

    /// <summary>The product of two that are transformed: pairs, modulo x² less a root (algorithms 11 and 12).</summary>
    public static LatticePolynomial operator *(LatticePolynomial left, LatticePolynomial right)
    {
        var product = new LatticePolynomial();
        for (var i = 0; i < Half; i++)
        {
            var (a0, a1) = (left._coefficients[2 * i], left._coefficients[(2 * i) + 1]);
            var (b0, b1) = (right._coefficients[2 * i], right._coefficients[(2 * i) + 1]);
            product._coefficients[2 * i] = Add(Multiply(a0, b0), Multiply(Multiply(a1, b1), OddRoots[i]));
            product._coefficients[(2 * i) + 1] = Add(Multiply(a0, b1), Multiply(a1, b0));
        }

        return product;
    }

    /// <summary>The number-theoretic transform, in place (algorithm 9); gives itself.</summary>
    public LatticePolynomial Transform()
    {
        var root = 1;
        for (var width = Half; width >= 2; width /= 2)
        {
            for (var start = 0; start < Length; start += 2 * width, root++)
            {
                for (var i = start; i < start + width; i++)
                {
                    var turned = Multiply(Roots[root], _coefficients[i + width]);
                    _coefficients[i + width] = Subtract(_coefficients[i], turned);
                    _coefficients[i] = Add(_coefficients[i], turned);
                }
            }
        }

        return this;
    }

    /// <summary>The inverse transform, in place (algorithm 10); gives itself.</summary>
    public LatticePolynomial TransformBack()
    {
        var root = Half - 1;
        for (var width = 2; width <= Half; width *= 2)
        {
            for (var start = 0; start < Length; start += 2 * width, root--)
            {
                for (var i = start; i < start + width; i++)
                {
                    var (low, high) = (_coefficients[i], _coefficients[i + width]);
                    _coefficients[i] = Add(low, high);
                    _coefficients[i + width] = Multiply(Roots[root], Subtract(high, low));
                }
            }
        }

        for (var i = 0; i < Length; i++)
            _coefficients[i] = Multiply(_coefficients[i], InverseOfHalf);
        return this;
    }

    public void Clear() => Array.Clear(_coefficients);

    private static int Add(int left, int right) => Fold(left + right);

    private static int Subtract(int left, int right) => Fold(left + Modulus - right);

    private static int Multiply(int left, int right) => Divide(left * right).Remainder;

    // Below twice the modulus to below it.
    private static int Fold(int value)
    {
        var folded = value - Modulus;
        return folded + ((folded >> 31) & Modulus);
    }

    // Written out, because a division instruction takes longer for some numbers than for others.
    private static (int Quotient, int Remainder) Divide(int value)
    {
        var quotient = (int)(((long)value * Reciprocal) >> 24);
        var remainder = value - (quotient * Modulus);
        return (quotient + 1 + ((remainder - Modulus) >> 31), Fold(remainder));
    }

    private static int Power(int number, int exponent) =>
        Enumerable.Repeat(number, exponent).Aggregate(1, (product, factor) => product * factor % Modulus);

    // The seven bits in the opposite order.
    private static int Reversed(int index)
    {
        var reversed = 0;
        for (var bit = 0; bit < 7; bit++)
            reversed |= ((index >> bit) & 1) << (6 - bit);
        return reversed;
    }
}
