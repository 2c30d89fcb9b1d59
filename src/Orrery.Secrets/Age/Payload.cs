using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Orrery.Secrets.Age;

/// <summary>
/// The encrypted content: a nonce, then chunks of 64 KiB, each sealed with its number and a last-chunk mark.
/// </summary>
internal static class Payload
{
    private const int SaltBytes = 16;
    private const int ChunkBytes = 64 * 1024;
    private const int SealedChunkBytes = ChunkBytes + Keys.TagBytes;

    public static void Encrypt(
        ReadOnlySpan<byte> plain, ReadOnlySpan<byte> fileKey, FillRandom random, IBufferWriter<byte> output)
    {
        var salt = output.GetSpan(SaltBytes)[..SaltBytes];
        random(salt);
        using var cipher = Cipher(fileKey, salt);
        output.Advance(SaltBytes);

        Span<byte> nonce = stackalloc byte[Keys.NonceBytes];
        for (long number = 0; ; number++)
        {
            var chunk = plain[..Math.Min(plain.Length, ChunkBytes)];
            plain = plain[chunk.Length..];
            WriteNonce(nonce, number, isLast: plain.IsEmpty);
            var target = output.GetSpan(chunk.Length + Keys.TagBytes);
            cipher.Encrypt(nonce, chunk, target[..chunk.Length], target.Slice(chunk.Length, Keys.TagBytes));
            output.Advance(chunk.Length + Keys.TagBytes);
            if (plain.IsEmpty)
                return;
        }
    }

    /// <summary>Writes each chunk once it is proven authentic; a refusal leaves a prefix of the content.</summary>
    public static void Decrypt(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> fileKey, IBufferWriter<byte> output)
    {
        if (payload.Length < SaltBytes)
            throw Damaged("it ends within its nonce");
        using var cipher = Cipher(fileKey, payload[..SaltBytes]);
        var rest = payload[SaltBytes..];
        for (long number = 0; ; number++)
        {
            var chunk = rest[..Math.Min(rest.Length, SealedChunkBytes)];
            rest = rest[chunk.Length..];
            if (chunk.Length < Keys.TagBytes)
                throw Damaged("it ends too early");
            if (chunk.Length == Keys.TagBytes && number > 0)
                throw Damaged("its last chunk is empty");

            if (TryOpen(cipher, chunk, number, isLast: rest.IsEmpty, output))
            {
                if (rest.IsEmpty)
                    return;
            }
            else
            {
                throw Damaged(Diagnose(cipher, chunk, number, isLast: rest.IsEmpty, output));
            }
        }
    }

    // A full chunk that is authentic but in the wrong place is still part of the content; a short one must be the last.
    private static string Diagnose(
        ChaCha20Poly1305 cipher, ReadOnlySpan<byte> chunk, long number, bool isLast, IBufferWriter<byte> output)
    {
        if (chunk.Length < SealedChunkBytes || !TryOpen(cipher, chunk, number, !isLast, output))
            return "a chunk was changed or cut short";
        return isLast ? "it was cut short" : "something follows its last chunk";
    }

    private static bool TryOpen(
        ChaCha20Poly1305 cipher, ReadOnlySpan<byte> chunk, long number, bool isLast, IBufferWriter<byte> output)
    {
        Span<byte> nonce = stackalloc byte[Keys.NonceBytes];
        WriteNonce(nonce, number, isLast);
        var length = chunk.Length - Keys.TagBytes;
        var target = output.GetSpan(Math.Max(length, 1))[..length];
        try
        {
            cipher.Decrypt(nonce, chunk[..length], chunk[length..], target);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        output.Advance(length);
        return true;
    }

    private static ChaCha20Poly1305 Cipher(ReadOnlySpan<byte> fileKey, ReadOnlySpan<byte> salt) =>
        new(Keys.Derive(fileKey, salt, "payload"u8));

    private static void WriteNonce(Span<byte> nonce, long number, bool isLast)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce[3..^1], number);
        nonce[^1] = isLast ? (byte)1 : (byte)0;
    }

    private static AgeException Damaged(string why) => new(AgeFailure.Payload, $"the age payload is damaged: {why}");
}
