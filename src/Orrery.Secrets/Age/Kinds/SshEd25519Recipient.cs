using System.Numerics;
using System.Security.Cryptography;
using Orrery.Secrets.Age.Encodings;
using Orrery.Secrets.Primitives;

namespace Orrery.Secrets.Age.Kinds;

/// <summary>
/// An SSH key of type Ed25519, <c>ssh-ed25519 AAAA…</c>. Files name it by a short hash, so who reads one can tell that
/// the key's owner is among its recipients.
/// </summary>
public sealed class SshEd25519Recipient : IRecipient
{
    internal const string StanzaKind = SshKeyText.Ed25519;

    // RFC 7748, 4.1 and RFC 8032, 5.1: the field of both forms of the curve, and the constant d of Edwards'.
    private static readonly BigInteger Prime = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger D =
        -121665 * ModularNumbers.Inverse(121666, Prime) % Prime + Prime;

    private readonly byte[] _blob;
    private readonly byte[] _point;

    private SshEd25519Recipient(byte[] blob, byte[] point)
    {
        _blob = blob;
        _point = point;
    }

    internal string Tag => SshKeyText.TagOf(_blob);

    public Stanza Wrap(ReadOnlySpan<byte> fileKey, FillRandom random)
    {
        var ephemeral = new byte[X25519.KeyBytes];
        random(ephemeral);
        var share = X25519.PublicKey(ephemeral);
        var wrappingKey = WrappingKey(share, X25519.Agree(ephemeral, _point))
            ?? throw new AgeException(AgeFailure.Header, "the SSH key is of low order");
        CryptographicOperations.ZeroMemory(ephemeral);
        return new Stanza(StanzaKind, [Tag, UnpaddedBase64.Encode(share)], Keys.Wrap(wrappingKey, fileKey));
    }

    public override string ToString() => $"{StanzaKind} {Convert.ToBase64String(_blob)}";

    /// <summary>Null where the bytes are no point of the curve, or one of low order.</summary>
    internal static SshEd25519Recipient? Of(byte[] key, byte[] blob) =>
        key.Length == X25519.KeyBytes && MontgomeryOf(key) is { } point ? new SshEd25519Recipient(blob, point) : null;

    /// <summary>Null where the shared secret is nothing.</summary>
    internal byte[]? WrappingKey(ReadOnlySpan<byte> share, byte[] sharedSecret)
    {
        if (CryptographicOperations.FixedTimeEquals(sharedSecret, new byte[X25519.KeyBytes]))
            return null;
        var info = "age-encryption.org/v1/ssh-ed25519"u8;
        // Binds the exchange to the whole SSH key, which its point does not hold.
        var tweaked = X25519.Agree(Keys.Derive([], _blob, info), sharedSecret);
        CryptographicOperations.ZeroMemory(sharedSecret);
        return Keys.Derive(tweaked, [.. share, .. _point], info);
    }

    // RFC 7748, 4.1: u = (1 + y) / (1 - y). The key is public, so the time that this takes tells nothing.
    private static byte[]? MontgomeryOf(byte[] key)
    {
        var y = new BigInteger([.. key[..^1], (byte)(key[^1] & 127)], isUnsigned: true) % Prime;
        var square = y * y % Prime;
        // x² is a fraction of these two; it is a square exactly when their product is one.
        var product = (square - 1) * ((D * square) + 1) % Prime;
        var isSquare = BigInteger.ModPow(product + Prime, (Prime - 1) / 2, Prime) <= 1;
        if (!isSquare || y.IsOne)
            return null;
        var u = (1 + y) * ModularNumbers.Inverse(1 - y + Prime, Prime) % Prime;
        return [.. ModularNumbers.ToBytes(u, X25519.KeyBytes).Reverse()];
    }
}
