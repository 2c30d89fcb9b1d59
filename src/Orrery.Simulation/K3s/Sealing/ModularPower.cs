using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Orrery.Simulation.K3s.Sealing;

/// <summary>
/// Powers modulo one odd number, by Montgomery's multiplication (Koç, Acar, Kaliski: "Analyzing and Comparing
/// Montgomery Multiplication Algorithms", 1996, CIOS). <see cref="BigInteger.ModPow"/> takes many times as long, and a
/// rehearsal opens many sealed values. Its time tells the exponent: not for keys that are real.
/// </summary>
internal sealed class ModularPower
{
    private const int WordBits = 64;

    private readonly BigInteger _modulus;
    private readonly ulong[] _words;
    private readonly ulong _inverse;

    public ModularPower(BigInteger modulus)
    {
        _modulus = modulus;
        _words = new ulong[(modulus.GetByteCount(isUnsigned: true) + sizeof(ulong) - 1) / sizeof(ulong)];
        Fill(_words, modulus);
        // Newton's iteration doubles the bits that are right, from three: the negated inverse of the lowest word.
        var inverse = _words[0];
        for (var bits = 3; bits < WordBits; bits *= 2)
            inverse *= 2 - (_words[0] * inverse);
        _inverse = 0 - inverse;
    }

    public BigInteger Of(BigInteger number, BigInteger exponent)
    {
        var radix = BigInteger.One << (WordBits * _words.Length);
        var (power, factor, one) = (Words(radix % _modulus), Words(number * radix % _modulus), Words(BigInteger.One));
        var scratch = new ulong[_words.Length + 2];
        var bits = exponent.ToByteArray(isUnsigned: true);
        for (var bit = (8 * bits.Length) - 1; bit >= 0; bit--)
        {
            Multiply(power, power, scratch);
            if (((bits[bit / 8] >> (bit % 8)) & 1) == 1)
                Multiply(power, factor, scratch);
        }

        Multiply(power, one, scratch);
        return new BigInteger(MemoryMarshal.AsBytes(power.AsSpan()), isUnsigned: true);
    }

    private ulong[] Words(BigInteger number)
    {
        var words = new ulong[_words.Length];
        Fill(words, number);
        return words;
    }

    private static void Fill(ulong[] words, BigInteger number) =>
        number.TryWriteBytes(MemoryMarshal.AsBytes(words.AsSpan()), out _, isUnsigned: true);

    /// <summary>Replaces one factor by the product, divided by the radix.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Multiply(ulong[] one, ulong[] other, ulong[] sum)
    {
        var size = _words.Length;
        Array.Clear(sum);
        for (var i = 0; i < size; i++)
        {
            var carry = 0ul;
            for (var j = 0; j < size; j++)
                carry = Add(ref sum[j], sum[j], one[j], other[i], carry);
            sum[size] += carry;
            sum[size + 1] = sum[size] < carry ? 1ul : 0;

            var multiple = sum[0] * _inverse;
            carry = Add(ref sum[0], sum[0], multiple, _words[0], 0);
            for (var j = 1; j < size; j++)
                carry = Add(ref sum[j - 1], sum[j], multiple, _words[j], carry);
            sum[size - 1] = sum[size] + carry;
            sum[size] = sum[size + 1] + (sum[size - 1] < carry ? 1ul : 0);
        }

        var borrow = 0ul;
        for (var i = 0; i < size; i++)
        {
            var rest = sum[i] - _words[i];
            one[i] = rest - borrow;
            borrow = sum[i] < _words[i] || rest < borrow ? 1ul : 0;
        }

        if (sum[size] < borrow)
            Array.Copy(sum, one, size);
    }

    // The low word of what + left * right + carry; returns the high one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Add(ref ulong target, ulong what, ulong left, ulong right, ulong carry)
    {
        var high = Math.BigMul(left, right, out var low);
        low += what;
        high += low < what ? 1ul : 0;
        low += carry;
        high += low < carry ? 1ul : 0;
        target = low;
        return high;
    }
}
