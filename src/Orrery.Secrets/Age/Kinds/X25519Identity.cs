using Orrery.Secrets.Age.Encodings;
using Orrery.Secrets.Primitives;

namespace Orrery.Secrets.Age.Kinds;

/// <summary>An identity with an X25519 key.</summary>
public sealed class X25519Identity : IIdentity
{
    internal const string Prefix = "age-secret-key-";

    private readonly byte[] _secret;
    private readonly X25519Recipient _recipient;

    internal X25519Identity(byte[] secret)
    {
        _secret = secret;
        _recipient = new X25519Recipient(X25519.PublicKey(secret));
    }

    public IRecipient Recipient => _recipient;

    public string Export() => Bech32.Encode(Prefix, _secret).ToUpperInvariant();

    public byte[]? Unwrap(IReadOnlyList<Stanza> stanzas)
    {
        foreach (var stanza in stanzas.Where(stanza => stanza.Kind == X25519Recipient.StanzaKind))
        {
            if (Unwrap(stanza) is { } fileKey)
                return fileKey;
        }

        return null;
    }

    public override string ToString() => $"(identity of {_recipient})";

    private byte[]? Unwrap(Stanza stanza)
    {
        if (stanza.Arguments is not [var argument])
            throw new AgeException(AgeFailure.Header, "an X25519 stanza must have one argument, its share");
        if (UnpaddedBase64.Decode(argument) is not { Length: X25519.KeyBytes } share)
            throw new AgeException(AgeFailure.Header, "an X25519 stanza's share must be 32 bytes in canonical base64");
        // Checked before decrypting: another length would let one body fit several keys.
        if (stanza.Body.Length != Keys.FileKeyBytes + Keys.TagBytes)
            throw new AgeException(AgeFailure.Header, "an X25519 stanza's body must have 32 bytes");

        var wrappingKey = _recipient.WrappingKey(share, X25519.Agree(_secret, share))
            ?? throw new AgeException(AgeFailure.Header, "an X25519 stanza's share is of low order");
        return Keys.Unwrap(wrappingKey, stanza.Body.Span);
    }
}
