using System.Security.Cryptography;
using Orrery.Secrets.Age.Encodings;
using Orrery.Secrets.Primitives;

namespace Orrery.Secrets.Age.Kinds;

/// <summary>
/// A recipient with an X25519 key, for example <c>age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj</c>.
/// </summary>
public sealed class X25519Recipient : IRecipient, IEquatable<X25519Recipient>
{
    internal const string StanzaKind = "X25519";
    internal const string Prefix = "age";

    private readonly byte[] _publicKey;

    internal X25519Recipient(byte[] publicKey) => _publicKey = publicKey;

    public Stanza Wrap(ReadOnlySpan<byte> fileKey, FillRandom random)
    {
        var ephemeral = new byte[X25519.KeyBytes];
        random(ephemeral);
        var share = X25519.PublicKey(ephemeral);
        var wrappingKey = WrappingKey(share, X25519.Agree(ephemeral, _publicKey))
            ?? throw new AgeException(AgeFailure.Header, "the recipient's public key is of low order");
        CryptographicOperations.ZeroMemory(ephemeral);
        return new Stanza(StanzaKind, [UnpaddedBase64.Encode(share)], Keys.Wrap(wrappingKey, fileKey));
    }

    public override string ToString() => Bech32.Encode(Prefix, _publicKey);

    public bool Equals(X25519Recipient? other) =>
        other is not null && _publicKey.AsSpan().SequenceEqual(other._publicKey);

    public override bool Equals(object? obj) => Equals(obj as X25519Recipient);

    public override int GetHashCode() => BitConverter.ToInt32(_publicKey);

    /// <summary>
    /// The key that wraps the file key, or null where the shared secret is nothing (a share of low order).
    /// </summary>
    internal byte[]? WrappingKey(ReadOnlySpan<byte> share, byte[] sharedSecret)
    {
        if (CryptographicOperations.FixedTimeEquals(sharedSecret, new byte[X25519.KeyBytes]))
            return null;

        var key = Keys.Derive(sharedSecret, [.. share, .. _publicKey], "age-encryption.org/v1/X25519"u8);
        CryptographicOperations.ZeroMemory(sharedSecret);
        return key;
    }
}
