using System.Security.Cryptography;

namespace Orrery.Secrets.Age;

/// <summary>
/// The keys of the format, all derived by HKDF-SHA-256, and the AEAD with a key that is used only once.
/// </summary>
internal static class Keys
{
    public const int FileKeyBytes = 16;
    public const int KeyBytes = 32;
    public const int NonceBytes = 12;
    public const int TagBytes = 16;

    private static readonly byte[] ZeroNonce = new byte[NonceBytes];

    public static byte[] Derive(ReadOnlySpan<byte> input, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> info)
    {
        // Written out (RFC 5869, with one block of output): OpenSSL's HKDF refuses the empty input that SSH keys need.
        var extracted = HMACSHA256.HashData(salt, input);
        return HMACSHA256.HashData(extracted, (ReadOnlySpan<byte>)[.. info, 1]);
    }

    /// <summary>Seals a file key; the nonce may be zero because a wrapping key is never used twice.</summary>
    public static byte[] Wrap(byte[] wrappingKey, ReadOnlySpan<byte> fileKey)
    {
        var body = new byte[FileKeyBytes + TagBytes];
        using var cipher = new ChaCha20Poly1305(wrappingKey);
        cipher.Encrypt(ZeroNonce, fileKey, body.AsSpan(0, FileKeyBytes), body.AsSpan(FileKeyBytes));
        return body;
    }

    /// <summary>The file key, or null where the body was sealed with another key.</summary>
    public static byte[]? Unwrap(byte[] wrappingKey, ReadOnlySpan<byte> body)
    {
        var fileKey = new byte[FileKeyBytes];
        using var cipher = new ChaCha20Poly1305(wrappingKey);
        try
        {
            cipher.Decrypt(ZeroNonce, body[..FileKeyBytes], body[FileKeyBytes..], fileKey);
            return fileKey;
        }
        catch (AuthenticationTagMismatchException)
        {
            // Expected: recipients are not named in the header, so each identity tries each stanza.
            return null;
        }
    }
}
