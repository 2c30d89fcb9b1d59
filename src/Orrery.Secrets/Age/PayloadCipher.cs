using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Orrery.Secrets.Age;

/// <summary>
/// The encrypted content: a nonce, then chunks of 64 KiB, each sealed with its number and a last-chunk mark. A chunk
/// needs no other, so several ciphers of one file may work at once; one of them is for one thread.
/// </summary>
public sealed class PayloadCipher : IDisposable
{
    public const int NonceBytes = 16;
    public const int ChunkBytes = 64 * 1024;
    public const int SealedChunkBytes = ChunkBytes + Keys.TagBytes;

    private readonly ChaCha20Poly1305 _cipher;

    /// <param name="fileKey">The file's, of 16 bytes.</param>
    /// <param name="nonce">Fresh for each file; it stands before the first chunk.</param>
    public PayloadCipher(ReadOnlySpan<byte> fileKey, ReadOnlySpan<byte> nonce)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(nonce.Length, NonceBytes);
        var key = Keys.Derive(fileKey, nonce, "payload"u8);
        _cipher = new ChaCha20Poly1305(key);
        CryptographicOperations.ZeroMemory(key);
    }

    public void Dispose() => _cipher.Dispose();

    /// <summary>Fills as much of <paramref name="target"/> as the chunk and its tag take; gives how much.</summary>
    public int Seal(long number, bool isLast, ReadOnlySpan<byte> chunk, Span<byte> target)
    {
        Span<byte> nonce = stackalloc byte[Keys.NonceBytes];
        WriteNonce(nonce, number, isLast);
        _cipher.Encrypt(nonce, chunk, target[..chunk.Length], target.Slice(chunk.Length, Keys.TagBytes));
        return chunk.Length + Keys.TagBytes;
    }

    /// <summary>
    /// Opens a chunk, full unless it is the last. <paramref name="length"/> is how much of it is authentic content,
    /// also where the file is refused: a chunk in the wrong place is still of it. The problem, or null.
    /// </summary>
    public string? Open(long number, bool isLast, ReadOnlySpan<byte> chunk, Span<byte> target, out int length)
    {
        length = 0;
        if (chunk.Length < Keys.TagBytes)
            return "it ends too early";
        if (chunk.Length == Keys.TagBytes && number > 0)
            return "its last chunk is empty";
        if (TryOpen(number, isLast, chunk, target, ref length))
            return null;
        // A short one must be the last.
        if (chunk.Length < SealedChunkBytes || !TryOpen(number, !isLast, chunk, target, ref length))
            return "a chunk was changed or cut short";
        return isLast ? "it was cut short" : "something follows its last chunk";
    }

    /// <summary>The refusal of a payload, with what <see cref="Open"/> found.</summary>
    public static AgeException Damaged(string why) => new(AgeFailure.Payload, $"the age payload is damaged: {why}");

    private bool TryOpen(long number, bool isLast, ReadOnlySpan<byte> chunk, Span<byte> target, ref int length)
    {
        Span<byte> nonce = stackalloc byte[Keys.NonceBytes];
        WriteNonce(nonce, number, isLast);
        var size = chunk.Length - Keys.TagBytes;
        try
        {
            _cipher.Decrypt(nonce, chunk[..size], chunk[size..], target[..size]);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        length = size;
        return true;
    }

    private static void WriteNonce(Span<byte> nonce, long number, bool isLast)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce[3..^1], number);
        nonce[^1] = isLast ? (byte)1 : (byte)0;
    }
}
