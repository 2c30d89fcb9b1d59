using Orrery.Secrets.Age.Encodings;
using Orrery.Secrets.Primitives;

namespace Orrery.Secrets.Age.Kinds;

/// <summary>
/// A post-quantum recipient, <c>age1pq1…</c>: ML-KEM-768 together with X25519. Its text has about 1,960 characters.
/// </summary>
public sealed class HybridRecipient : IRecipient, IEquatable<HybridRecipient>
{
    internal const string StanzaKind = "mlkem768x25519";
    internal const string Prefix = "age1pq";

    private readonly byte[] _publicKey;

    internal HybridRecipient(byte[] publicKey) => _publicKey = publicKey;

    public IReadOnlyCollection<string> Labels => [Plugins.Labels.PostQuantum];

    internal static ReadOnlySpan<byte> Info => "age-encryption.org/mlkem768x25519"u8;

    public Stanza Wrap(ReadOnlySpan<byte> fileKey, FillRandom random)
    {
        var (cipher, secret) = HybridKem.Encapsulate(_publicKey, random)
            ?? throw new AgeException(AgeFailure.Header, "the recipient's public key is of low order");
        return new Stanza(
            StanzaKind, [UnpaddedBase64.Encode(cipher)], Hpke.Seal(HybridKem.Id, secret, Info, fileKey));
    }

    public override string ToString() => Bech32.Encode(Prefix, _publicKey);

    public bool Equals(HybridRecipient? other) =>
        other is not null && _publicKey.AsSpan().SequenceEqual(other._publicKey);

    public override bool Equals(object? obj) => Equals(obj as HybridRecipient);

    public override int GetHashCode() => BitConverter.ToInt32(_publicKey);
}
