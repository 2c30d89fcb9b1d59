using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Orrery.Secrets.Primitives;

/// <summary>
/// HPKE (RFC 9180) in its base mode, for one message, with HKDF-SHA256 and ChaCha20-Poly1305. The secret comes from a
/// KEM of the caller's, which names itself by its number.
/// </summary>
internal static class Hpke
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const ushort HkdfSha256 = 1;
    private const ushort ChaCha20 = 3;
    private const byte BaseMode = 0;

    public static byte[] Seal(ushort kem, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> info, ReadOnlySpan<byte> plain)
    {
        var (key, nonce) = Schedule(kem, secret, info);
        using var cipher = new ChaCha20Poly1305(key);
        var sealedText = new byte[plain.Length + TagBytes];
        cipher.Encrypt(nonce, plain, sealedText.AsSpan(0, plain.Length), sealedText.AsSpan(plain.Length));
        CryptographicOperations.ZeroMemory(key);
        return sealedText;
    }

    /// <summary>The message, or null where it was sealed with another secret.</summary>
    public static byte[]? Open(
        ushort kem, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> info, ReadOnlySpan<byte> sealedText)
    {
        if (sealedText.Length < TagBytes)
            return null;
        var (key, nonce) = Schedule(kem, secret, info);
        using var cipher = new ChaCha20Poly1305(key);
        var plain = new byte[sealedText.Length - TagBytes];
        try
        {
            cipher.Decrypt(nonce, sealedText[..plain.Length], sealedText[plain.Length..], plain);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            // Expected: implicit rejection gives a secret that opens nothing.
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>RFC 9180, 5.1: key and nonce of the first message.</summary>
    internal static (byte[] Key, byte[] Nonce) Schedule(ushort kem, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> info)
    {
        byte[] suite = [.. "HPKE"u8, .. Number(kem), .. Number(HkdfSha256), .. Number(ChaCha20)];
        byte[] context =
            [BaseMode, .. Extract(suite, [], "psk_id_hash"u8, []), .. Extract(suite, [], "info_hash"u8, info)];
        var root = Extract(suite, secret, "secret"u8, []);
        return (Expand(suite, root, "key"u8, context, 32), Expand(suite, root, "base_nonce"u8, context, NonceBytes));
    }

    /// <summary>RFC 9180, 4: LabeledExtract.</summary>
    internal static byte[] Extract(
        ReadOnlySpan<byte> suite, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> label, ReadOnlySpan<byte> input) =>
        HKDF.Extract(HashAlgorithmName.SHA256, [.. "HPKE-v1"u8, .. suite, .. label, .. input], salt.ToArray());

    /// <summary>RFC 9180, 4: LabeledExpand.</summary>
    internal static byte[] Expand(
        ReadOnlySpan<byte> suite, byte[] root, ReadOnlySpan<byte> label, ReadOnlySpan<byte> info, int length) =>
        HKDF.Expand(
            HashAlgorithmName.SHA256,
            root,
            length,
            [.. Number((ushort)length), .. "HPKE-v1"u8, .. suite, .. label, .. info]);

    private static byte[] Number(ushort value)
    {
        var bytes = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return bytes;
    }
}
