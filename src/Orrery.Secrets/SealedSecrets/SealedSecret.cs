using System.Buffers.Binary;
using System.Security.Cryptography;
using Orrery.Secrets.Primitives;

namespace Orrery.Secrets.SealedSecrets;

/// <summary>
/// One value of a SealedSecret's <c>spec.encryptedData</c>: base64 of the length of an RSA block (two bytes, big
/// endian), that block with the session key (OAEP with SHA-256, the scope as label), and the content under AES-256-GCM.
/// The controller and <c>kubeseal</c> open what is sealed here, and the other way round.
/// </summary>
/// <remarks>https://github.com/bitnami-labs/sealed-secrets/blob/main/docs/developer/crypto.md</remarks>
public static class SealedSecret
{
    private const int SessionKeyBytes = 32;
    private const int TagBytes = 16;
    private const int LengthBytes = sizeof(ushort);

    // Each session key encrypts once, so that the format's nonce may be nothing.
    private static readonly byte[] Nonce = new byte[12];

    /// <summary>What belongs under the value's key in <c>spec.encryptedData</c>.</summary>
    public static string Seal(
        ReadOnlySpan<byte> plain, SealingScope scope, SealingCertificate certificate, FillRandom random)
    {
        Span<byte> sessionKey = stackalloc byte[SessionKeyBytes];
        random(sessionKey);
        var block = RsaOaep.Encrypt(certificate.Key, sessionKey, scope.Label, random);
        var value = new byte[LengthBytes + block.Length + plain.Length + TagBytes];
        BinaryPrimitives.WriteUInt16BigEndian(value, (ushort)block.Length);
        block.CopyTo(value, LengthBytes);
        var content = value.AsSpan(LengthBytes + block.Length);
        using (var cipher = new AesGcm(sessionKey, TagBytes))
            cipher.Encrypt(Nonce, plain, content[..plain.Length], content[plain.Length..]);
        CryptographicOperations.ZeroMemory(sessionKey);
        return Convert.ToBase64String(value);
    }

    /// <summary>
    /// The content, by the first of the keys that opens it; else a <see cref="SealedSecretException"/>.
    /// </summary>
    public static byte[] Open(string value, SealingScope scope, IReadOnlyCollection<SealedSecretsKey> keys)
    {
        var (block, content) = Split(value);
        // Nearly everything is sealed to the newest key.
        var sessionKey = keys.OrderByDescending(key => key.Certificate.NotBefore)
            .Select(key => RsaOaep.Decrypt(key.Private, block, scope.Label)).FirstOrDefault(found => found is not null)
            ?? throw new SealedSecretException(
                SealedSecretFailure.NoKey,
                "none of the keys opens this value: it was sealed to another key, or for another scope");
        if (sessionKey.Length != SessionKeyBytes)
            throw Malformed("its session key does not have 32 bytes");

        var plain = new byte[content.Length - TagBytes];
        try
        {
            using var cipher = new AesGcm(sessionKey, TagBytes);
            cipher.Decrypt(Nonce, content.AsSpan(0, plain.Length), content.AsSpan(plain.Length), plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new SealedSecretException(
                SealedSecretFailure.Content, "the value was changed after it was sealed");
        }

        CryptographicOperations.ZeroMemory(sessionKey);
        return plain;
    }

    /// <summary>Whether it was sealed to this key, for whatever scope.</summary>
    internal static bool IsFor(string value, SealedSecretsKey key) => RsaOaep.IsFor(key.Private, Split(value).Block);

    private static (byte[] Block, byte[] Content) Split(string text)
    {
        var value = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, value, out var length))
            throw Malformed("it is not base64");
        if (length < LengthBytes)
            throw Malformed("it ends too early");
        var blockLength = BinaryPrimitives.ReadUInt16BigEndian(value);
        if (length < LengthBytes + blockLength + TagBytes)
            throw Malformed("it ends too early");
        return (value[LengthBytes..(LengthBytes + blockLength)], value[(LengthBytes + blockLength)..length]);
    }

    private static SealedSecretException Malformed(string why) =>
        new(SealedSecretFailure.Malformed, $"the sealed value is malformed: {why}");
}
