using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Orrery.Simulation.K3s.Sealing;

/// <summary>
/// One sealed value: the length of the wrapped key (two bytes, big-endian), the key wrapped by RSA-OAEP with SHA-256
/// and the label, then AES-256-GCM with a nonce of zeros.
/// https://github.com/bitnami-labs/sealed-secrets/blob/main/docs/developer/crypto.md
/// </summary>
internal static class SealedFormat
{
    private const int TagBytes = 16;
    private const int NonceBytes = 12;

    /// <summary>The contents, or null when this key does not open it under this label.</summary>
    public static byte[]? Open(RSA key, byte[] value, byte[] label)
    {
        if (value.Length < 2)
            return null;
        var length = BinaryPrimitives.ReadUInt16BigEndian(value);
        if (length + 2 + TagBytes > value.Length)
            return null;
        var session = OpenedKeys.Of(key, value.AsSpan(2, length), label);
        if (session is not { Length: 32 })
            return null;
        var sealedText = value.AsSpan(2 + length);
        var plain = new byte[sealedText.Length - TagBytes];
        try
        {
            using var cipher = new AesGcm(session, TagBytes);
            cipher.Decrypt(new byte[NonceBytes], sealedText[..^TagBytes], sealedText[^TagBytes..], plain);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}

/// <summary>RSA-OAEP with a label, which the framework lacks: RFC 8017, section 7.1.2.</summary>
internal static class Oaep
{
    private const int HashBytes = 32;

    /// <summary>Null when the padding or the label is another.</summary>
    public static byte[]? Unwrap(RSA key, ReadOnlySpan<byte> wrapped, byte[] label)
    {
        var parameters = key.ExportParameters(includePrivateParameters: true);
        var size = parameters.Modulus!.Length;
        if (wrapped.Length != size)
            return null;
        var encoded = new byte[size];
        var raw = Power(parameters, Number(wrapped)).ToByteArray(isUnsigned: true, isBigEndian: true);
        raw.CopyTo(encoded, size - raw.Length);
        var seed = encoded.AsSpan(1, HashBytes);
        var block = encoded.AsSpan(1 + HashBytes);
        Mask(seed, block);
        Mask(block, seed);
        if (encoded[0] != 0 || !block[..HashBytes].SequenceEqual(SHA256.HashData(label)))
            return null;
        var end = block[HashBytes..].IndexOfAnyExcept((byte)0);
        return end < 0 || block[HashBytes + end] != 1 ? null : block[(HashBytes + end + 1)..].ToArray();
    }

    // RFC 8017, 5.1.2 (2b): two powers of half the length cost a quarter of one.
    private static BigInteger Power(RSAParameters key, BigInteger number)
    {
        var (p, q) = (Number(key.P), Number(key.Q));
        var first = new ModularPower(p).Of(number, Number(key.DP));
        var second = new ModularPower(q).Of(number, Number(key.DQ));
        var rest = (first - second) * Number(key.InverseQ) % p;
        return second + (q * (rest.Sign < 0 ? rest + p : rest));
    }

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    // MGF1 with SHA-256.
    private static void Mask(Span<byte> target, ReadOnlySpan<byte> seed)
    {
        var input = new byte[seed.Length + 4];
        seed.CopyTo(input);
        for (var (at, counter) = (0, 0); at < target.Length; at += HashBytes, counter++)
        {
            BinaryPrimitives.WriteInt32BigEndian(input.AsSpan(seed.Length), counter);
            var mask = SHA256.HashData(input);
            for (var i = 0; i < HashBytes && at + i < target.Length; i++)
                target[at + i] ^= mask[i];
        }
    }
}
