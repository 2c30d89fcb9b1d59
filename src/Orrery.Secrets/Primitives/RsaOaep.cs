using System.Numerics;
using System.Security.Cryptography;

namespace Orrery.Secrets.Primitives;

/// <summary>
/// RSAES-OAEP with SHA-256 and a label (RFC 8017, 7.1). The framework knows OAEP only without a label, and Sealed
/// Secrets writes the scope there.
/// </summary>
internal static class RsaOaep
{
    private const int HashBytes = SHA256.HashSizeInBytes;

    // Zero byte, seed, hash of the label, and the one byte that ends the padding.
    private const int OverheadBytes = (2 * HashBytes) + 2;

    /// <summary>At most as long as the modulus less 66 bytes is the content.</summary>
    public static byte[] Encrypt(
        RSAParameters key, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> label, FillRandom random)
    {
        var size = ModulusOf(key).Length;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plain.Length, size - OverheadBytes);
        var block = new byte[size];
        var seed = block.AsSpan(1, HashBytes);
        var data = block.AsSpan(1 + HashBytes);
        SHA256.HashData(label, data);
        data[^(plain.Length + 1)] = 1;
        plain.CopyTo(data[^plain.Length..]);
        random(seed);
        Mask(data, seed);
        Mask(seed, data);

        var (n, e) = PublicOf(key);
        return ModularNumbers.ToBytes(BigInteger.ModPow(ModularNumbers.FromBytes(block), e, n), size);
    }

    /// <summary>The content, or null where the key or the label is another one; which of them is not told.</summary>
    public static byte[]? Decrypt(RSAParameters key, ReadOnlySpan<byte> cipher, ReadOnlySpan<byte> label)
    {
        if (Unmask(key, cipher) is not { } block)
            return null;
        // All is looked at before anything is decided, so that the time does not tell what was wrong (RFC 8017, 7.1.2).
        Span<byte> expected = stackalloc byte[HashBytes];
        SHA256.HashData(label, expected);
        var isRight = CryptographicOperations.FixedTimeEquals(block.AsSpan(1 + HashBytes, HashBytes), expected)
            & (block[0] == 0);
        var padded = block.AsSpan(1 + (2 * HashBytes));
        var end = padded.IndexOfAnyExcept((byte)0);
        isRight &= end >= 0 && padded[end] == 1;
        return isRight ? padded[(end + 1)..].ToArray() : null;
    }

    /// <summary>
    /// Whether something was encrypted to this key, under whatever label. Tells what <see cref="Decrypt"/> must not
    /// tell to who may ask again and again: only for people who look at files of their own.
    /// </summary>
    public static bool IsFor(RSAParameters key, ReadOnlySpan<byte> cipher)
    {
        if (Unmask(key, cipher) is not { } block)
            return false;
        var padded = block.AsSpan(1 + (2 * HashBytes));
        var end = padded.IndexOfAnyExcept((byte)0);
        // Another key gives chance, which has neither the zero nor the padding.
        return block[0] == 0 && end >= 0 && padded[end] == 1 && end >= padded.Length - OverheadBytes;
    }

    /// <summary>Zero byte, seed, hash of the label, padding, content; null where it is no number of this key.</summary>
    private static byte[]? Unmask(RSAParameters key, ReadOnlySpan<byte> cipher)
    {
        var size = ModulusOf(key).Length;
        var number = ModularNumbers.FromBytes(cipher);
        if (cipher.Length != size || size < OverheadBytes || number >= PublicOf(key).N)
            return null;

        var block = ModularNumbers.ToBytes(Power(key, number, cipher), size);
        var seed = block.AsSpan(1, HashBytes);
        var data = block.AsSpan(1 + HashBytes);
        Mask(seed, data);
        Mask(data, seed);
        return block;
    }

    /// <summary>
    /// The private operation by the Chinese remainder theorem. BigInteger's time depends on its numbers, so they are
    /// blinded with a factor that only who has the key can know.
    /// </summary>
    private static BigInteger Power(RSAParameters key, BigInteger number, ReadOnlySpan<byte> cipher)
    {
        var (n, e) = PublicOf(key);
        var factor = ModularNumbers.FromBytes(HMACSHA256.HashData(key.D ?? [], cipher)) + 2;
        var blinded = number * BigInteger.ModPow(factor, e, n) % n;
        var (p, q) = (ModularNumbers.FromBytes(key.P), ModularNumbers.FromBytes(key.Q));
        var inP = BigInteger.ModPow(blinded % p, ModularNumbers.FromBytes(key.DP), p);
        var inQ = BigInteger.ModPow(blinded % q, ModularNumbers.FromBytes(key.DQ), q);
        var difference = (((inP - inQ) % p) + p) * ModularNumbers.FromBytes(key.InverseQ) % p;
        return (inQ + (difference * q)) * ModularNumbers.Inverse(factor, n) % n;
    }

    private static byte[] ModulusOf(RSAParameters key) =>
        key.Modulus ?? throw new ArgumentException("an RSA key has a modulus", nameof(key));

    private static (BigInteger N, BigInteger E) PublicOf(RSAParameters key) =>
        (ModularNumbers.FromBytes(key.Modulus), ModularNumbers.FromBytes(key.Exponent));

    /// <summary>Combines with as many bytes as needed of MGF1 (RFC 8017, B.2.1) over the seed.</summary>
    private static void Mask(Span<byte> target, ReadOnlySpan<byte> seed)
    {
        Span<byte> input = stackalloc byte[seed.Length + sizeof(uint)];
        Span<byte> mask = stackalloc byte[HashBytes];
        seed.CopyTo(input);
        for (var start = 0; start < target.Length; start += HashBytes)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(input[seed.Length..], start / HashBytes);
            SHA256.HashData(input, mask);
            for (var i = 0; i < HashBytes && start + i < target.Length; i++)
                target[start + i] ^= mask[i];
        }
    }
}
