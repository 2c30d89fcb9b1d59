using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Orrery.Simulation.Sops;

/// <summary>
/// Opens armored age files with keys for X25519, which is all that data keys of SOPS need
/// (https://github.com/C2SP/C2SP/blob/main/age.md).
/// </summary>
internal static class AgeReader
{
    private const string Begin = "-----BEGIN AGE ENCRYPTED FILE-----";
    private const string End = "-----END AGE ENCRYPTED FILE-----";
    private const string Version = "age-encryption.org/v1";
    private const int FileKeyBytes = 16;
    private const int TagBytes = 16;
    private const int NonceBytes = 12;
    private const int ChunkBytes = 64 * 1024;

    /// <summary>The contents, or null where none of the keys opens the file.</summary>
    public static byte[]? Open(string armored, IReadOnlyList<AgeKey> keys)
    {
        var (begin, end) = (armored.IndexOf(Begin, StringComparison.Ordinal),
            armored.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin)
            return null;
        try
        {
            return Read(Convert.FromBase64String(armored[(begin + Begin.Length)..end]), keys);
        }
        catch (Exception problem) when (problem is FormatException or ArgumentException or CryptographicException)
        {
            return null;
        }
    }

    private static byte[]? Read(byte[] file, IReadOnlyList<AgeKey> keys)
    {
        // The first line that begins so ends the header; its MAC does not cover what follows.
        var macAt = file.AsSpan().IndexOf("\n--- "u8);
        var headerEnd = macAt + 1 + file.AsSpan(macAt + 1).IndexOf((byte)'\n');
        var header = Encoding.ASCII.GetString(file, 0, headerEnd).Split('\n');
        if (macAt < 0 || header[0] != Version)
            return null;
        var fileKey = Stanzas(header).SelectMany(stanza => keys.Select(key => Unwrap(stanza, key)))
            .FirstOrDefault(found => found is not null);
        if (fileKey is null)
            return null;
        var mac = HMACSHA256.HashData(Derive(fileKey, [], "header"), file.AsSpan(0, macAt + "\n---".Length));
        return mac.AsSpan().SequenceEqual(Base64(header[^1]["--- ".Length..]))
            ? Payload(fileKey, file.AsSpan(headerEnd + 1))
            : null;
    }

    private static IEnumerable<(string[] Words, byte[] Body)> Stanzas(string[] header)
    {
        for (var i = 1; i < header.Length && header[i].StartsWith("-> ", StringComparison.Ordinal);)
        {
            var (words, body) = (header[i++].Split(' ')[1..], "");
            const int column = 64;
            // A line shorter than the column is the last, if only an empty one.
            for (var isLast = false; !isLast; i++)
            {
                isLast = header[i].Length < column;
                body += header[i];
            }

            yield return (words, Base64(body));
        }
    }

    private static byte[]? Unwrap((string[] Words, byte[] Body) stanza, AgeKey key)
    {
        if (stanza is not { Words: ["X25519", var share], Body.Length: FileKeyBytes + TagBytes })
            return null;
        var ephemeral = Base64(share);
        var shared = Curve25519.Multiply(key.Secret, ephemeral);
        var wrapping = Derive(shared, [.. ephemeral, .. key.Public], "age-encryption.org/v1/X25519");
        return Decrypt(wrapping, new byte[NonceBytes], stanza.Body);
    }

    private static byte[]? Payload(byte[] fileKey, ReadOnlySpan<byte> payload)
    {
        const int saltBytes = 16;
        var key = Derive(fileKey, payload[..saltBytes].ToArray(), "payload");
        var (rest, plain) = (payload[saltBytes..].ToArray(), new List<byte>());
        for (var (at, chunk) = (0, 0L); ; chunk++)
        {
            var length = Math.Min(ChunkBytes + TagBytes, rest.Length - at);
            var isLast = at + length == rest.Length;
            var nonce = new byte[NonceBytes];
            BinaryPrimitives.WriteInt64BigEndian(nonce.AsSpan(3), chunk);
            nonce[^1] = isLast ? (byte)1 : (byte)0;
            if (Decrypt(key, nonce, rest[at..(at + length)]) is not { } part)
                return null;
            plain.AddRange(part);
            at += length;
            if (isLast)
                return [.. plain];
        }
    }

    private static byte[]? Decrypt(byte[] key, byte[] nonce, byte[] sealedText)
    {
        if (sealedText.Length < TagBytes)
            return null;
        var plain = new byte[sealedText.Length - TagBytes];
        using var cipher = new ChaCha20Poly1305(key);
        try
        {
            cipher.Decrypt(nonce, sealedText.AsSpan(..^TagBytes), sealedText.AsSpan(^TagBytes..), plain);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static byte[] Derive(byte[] from, byte[] salt, string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, from, 32, salt, Encoding.ASCII.GetBytes(purpose));

    private static byte[] Base64(string unpadded) =>
        Convert.FromBase64String(unpadded + new string('=', (4 - (unpadded.Length % 4)) % 4));
}
