using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Orrery.Engine.Ports;
using Orrery.Secrets.Primitives;

namespace Orrery.Rehearsal.Stages;

/// <summary>
/// Throw-away keys for rehearsals, at once and repeatable: RSA keys from a few ready-made primes that everybody knows,
/// all others of the seed. The same calls in the same order give the same keys, apart for each name.
/// </summary>
public sealed class KeyPool(ulong seed) : IKeyMaker
{
    /// <summary>What Talos gives its machines has a key of its own, so that its traces are told from others'.</summary>
    private const string Talos = "talos-secrets";

    private static readonly BigInteger Exponent = 65537;

    private readonly SeededRandom _random = new(seed);
    private readonly bool _isForTalos;
    private int _drawn;

    private KeyPool(ulong seed, bool isForTalos)
        : this(seed) => _isForTalos = isForTalos;

    public IKeyMaker For(string name)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"throw-away keys {seed} {name}"));
        return new KeyPool(
            BinaryPrimitives.ReadUInt64LittleEndian(hash), name.Contains(Talos, StringComparison.Ordinal));
    }

    /// <summary>
    /// One of the ready-made keys; the pool has two of 2048 and two of 4096 bits, so that a third repeats the first,
    /// and one of 4096 for Talos alone.
    /// </summary>
    public RSA RsaKey(int bits)
    {
        var primes = bits switch
        {
            2048 => ThrowAwayPrimes.For2048Bits,
            4096 => ThrowAwayPrimes.For4096Bits,
            _ => throw new ArgumentOutOfRangeException(nameof(bits), bits, "the pool has keys of 2048 and 4096 bits"),
        };
        var shared = (ulong)(bits == 4096 ? primes.Length - 1 : primes.Length);
        var (p, q) = _isForTalos ? primes[^1] : primes[(int)((seed + (ulong)_drawn++) % shared)];
        return RSA.Create(KeyOf(
            ModularNumbers.FromBytes(Convert.FromBase64String(p)),
            ModularNumbers.FromBytes(Convert.FromBase64String(q)),
            bits / 8));
    }

    public ECDsa EcdsaKey()
    {
        Span<byte> drawn = stackalloc byte[32];
        _random.Fill(drawn);
        return new RepeatableEcdsa(drawn);
    }

    public void Fill(Span<byte> bytes) => _random.Fill(bytes);

    /// <summary>What follows from two primes: RFC 8017, 3.2.</summary>
    private static RSAParameters KeyOf(BigInteger p, BigInteger q, int bytes)
    {
        var d = ModularNumbers.Inverse(Exponent, (p - 1) * (q - 1));
        return new RSAParameters
        {
            Modulus = ModularNumbers.ToBytes(p * q, bytes),
            Exponent = ModularNumbers.ToBytes(Exponent, 3),
            D = ModularNumbers.ToBytes(d, bytes),
            P = ModularNumbers.ToBytes(p, bytes / 2),
            Q = ModularNumbers.ToBytes(q, bytes / 2),
            DP = ModularNumbers.ToBytes(d % (p - 1), bytes / 2),
            DQ = ModularNumbers.ToBytes(d % (q - 1), bytes / 2),
            InverseQ = ModularNumbers.ToBytes(ModularNumbers.Inverse(q, p), bytes / 2),
        };
    }
}
