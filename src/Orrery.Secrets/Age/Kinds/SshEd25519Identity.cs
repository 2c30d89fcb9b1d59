using System.Security.Cryptography;
using Orrery.Secrets.Age.Encodings;
using Orrery.Secrets.Primitives;

namespace Orrery.Secrets.Age.Kinds;

/// <summary>The private half of an SSH key of type Ed25519.</summary>
public sealed class SshEd25519Identity : IKeyHolder
{
    private readonly byte[] _secret;
    private readonly SshEd25519Recipient _recipient;

    /// <param name="seed">The private key of RFC 8032: what is hashed to the scalar.</param>
    internal SshEd25519Identity(ReadOnlySpan<byte> seed, SshEd25519Recipient recipient)
    {
        _secret = SHA512.HashData(seed)[..X25519.KeyBytes];
        _recipient = recipient;
    }

    public IRecipient Recipient => _recipient;

    public byte[]? Unwrap(IReadOnlyList<Stanza> stanzas)
    {
        foreach (var stanza in stanzas.Where(stanza => stanza.Kind == SshEd25519Recipient.StanzaKind))
        {
            if (Unwrap(stanza) is { } fileKey)
                return fileKey;
        }

        return null;
    }

    public override string ToString() => $"(identity of {_recipient})";

    private byte[]? Unwrap(Stanza stanza)
    {
        if (stanza.Arguments is not [var tag, var argument])
            throw new AgeException(AgeFailure.Header, "an ssh-ed25519 stanza must have two arguments, tag and share");
        if (UnpaddedBase64.Decode(argument) is not { Length: X25519.KeyBytes } share)
            throw new AgeException(
                AgeFailure.Header, "an ssh-ed25519 stanza's share must be 32 bytes in canonical base64");
        if (tag != _recipient.Tag)
            return null;
        if (stanza.Body.Length != Keys.FileKeyBytes + Keys.TagBytes)
            throw new AgeException(AgeFailure.Header, "an ssh-ed25519 stanza's body must have 32 bytes");
        var wrappingKey = _recipient.WrappingKey(share, X25519.Agree(_secret, share))
            ?? throw new AgeException(AgeFailure.Header, "an ssh-ed25519 stanza's share is of low order");
        return Keys.Unwrap(wrappingKey, stanza.Body.Span);
    }
}
