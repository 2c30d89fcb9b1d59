using System.Numerics;
using System.Security.Cryptography;
using Orrery.Simulation.Faults;

namespace Orrery.Simulation.K3s.Sealing;

/// <summary>
/// An RSA key of 2048 bits that is the same for the same seed, so that a world repeats. Not for anything that is real.
/// </summary>
internal static class DrawnRsaKey
{
    private const int PrimeBytes = 128;
    private const int Rounds = 12;

    private static readonly BigInteger Exponent = 65537;
    private static readonly int[] SmallPrimes =
        [.. Enumerable.Range(3, 2000).Where(n => n % 2 == 1 && IsSmallPrime(n))];

    public static RSA Make(ulong seed)
    {
        var (p, q) = (Prime(seed, "p"), Prime(seed, "q"));
        if (p < q)
            (p, q) = (q, p);
        var modulus = p * q;
        var exponent = Inverse(Exponent, (p - 1) * (q - 1));
        return RSA.Create(new RSAParameters
        {
            Modulus = Bytes(modulus, PrimeBytes * 2),
            Exponent = Bytes(Exponent, 3),
            D = Bytes(exponent, PrimeBytes * 2),
            P = Bytes(p, PrimeBytes),
            Q = Bytes(q, PrimeBytes),
            DP = Bytes(exponent % (p - 1), PrimeBytes),
            DQ = Bytes(exponent % (q - 1), PrimeBytes),
            InverseQ = Bytes(Inverse(q, p), PrimeBytes),
        });
    }

    private static BigInteger Prime(ulong seed, string which)
    {
        var bytes = new byte[PrimeBytes];
        for (var i = 0; i < PrimeBytes; i += 8)
            BitConverter.TryWriteBytes(bytes.AsSpan(i), StableHash.Of(seed).And(which).And((ulong)i).Value);
        // The two highest bits make the product long enough; the lowest makes it odd.
        bytes[^1] |= 0xC0;
        bytes[0] |= 1;
        var candidate = new BigInteger(bytes, isUnsigned: true);
        while (!IsPrime(candidate) || (candidate - 1) % Exponent == 0)
            candidate += 2;
        return candidate;
    }

    private static bool IsPrime(BigInteger candidate)
    {
        if (Array.Exists(SmallPrimes, small => candidate % small == 0))
            return false;
        var (odd, twos) = (candidate - 1, 0);
        while (odd.IsEven)
            (odd, twos) = (odd >> 1, twos + 1);
        var powers = new ModularPower(candidate);
        return SmallPrimes.Take(Rounds).All(witness =>
        {
            var power = powers.Of(witness, odd);
            for (var i = 0; i < twos && !power.IsOne && power != candidate - 1; i++)
            {
                power = power * power % candidate;
                if (power.IsOne)
                    return false;
            }

            return power.IsOne || power == candidate - 1;
        });
    }

    private static bool IsSmallPrime(int number)
    {
        for (var divisor = 3; divisor * divisor <= number; divisor += 2)
        {
            if (number % divisor == 0)
                return false;
        }

        return true;
    }

    private static BigInteger Inverse(BigInteger of, BigInteger modulus)
    {
        var (a, b, x, y) = (of, modulus, BigInteger.One, BigInteger.Zero);
        while (b != 0)
        {
            var quotient = a / b;
            (a, b) = (b, a - (quotient * b));
            (x, y) = (y, x - (quotient * y));
        }

        return ((x % modulus) + modulus) % modulus;
    }

    private static byte[] Bytes(BigInteger number, int size)
    {
        var bytes = new byte[size];
        var raw = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        raw.CopyTo(bytes, size - raw.Length);
        return bytes;
    }
}
