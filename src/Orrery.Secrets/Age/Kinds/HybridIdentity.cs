using Orrery.Secrets.Age.Encodings;
using Orrery.Secrets.Primitives;

namespace Orrery.Secrets.Age.Kinds;

/// <summary>A post-quantum identity, <c>AGE-SECRET-KEY-PQ-1…</c>.</summary>
public sealed class HybridIdentity : IIdentity
{
    internal const string Prefix = "age-secret-key-pq-";

    private readonly byte[] _seed;
    private readonly HybridKem _key;

    internal HybridIdentity(byte[] seed)
    {
        _seed = seed;
        _key = new HybridKem(seed);
        Recipient = new HybridRecipient(_key.PublicKey);
    }

    public IRecipient Recipient { get; }

    public string Export() => Bech32.Encode(Prefix, _seed).ToUpperInvariant();

    public byte[]? Unwrap(IReadOnlyList<Stanza> stanzas)
    {
        foreach (var stanza in stanzas.Where(stanza => stanza.Kind == HybridRecipient.StanzaKind))
        {
            if (Unwrap(stanza) is { } fileKey)
                return fileKey;
        }

        return null;
    }

    public override string ToString() => $"(identity of {Recipient})";

    private byte[]? Unwrap(Stanza stanza)
    {
        if (stanza.Arguments is not [var argument])
            throw new AgeException(AgeFailure.Header, "an mlkem768x25519 stanza must have one argument, its key");
        if (UnpaddedBase64.Decode(argument) is not { Length: HybridKem.CipherBytes } cipher)
            throw new AgeException(
                AgeFailure.Header, "an mlkem768x25519 stanza's key must be 1120 bytes in canonical base64");
        // Checked before decrypting: another length would let one body fit several keys.
        if (stanza.Body.Length != Keys.FileKeyBytes + Keys.TagBytes)
            throw new AgeException(AgeFailure.Header, "an mlkem768x25519 stanza's body must have 32 bytes");

        var secret = _key.Decapsulate(cipher)
            ?? throw new AgeException(AgeFailure.Header, "an mlkem768x25519 stanza's share is of low order");
        return Hpke.Open(HybridKem.Id, secret, HybridRecipient.Info, stanza.Body.Span);
    }
}
