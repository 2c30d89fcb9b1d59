using System.Security.Cryptography;
using Orrery.Secrets.Primitives;

namespace Orrery.Secrets.Age.Kinds;

/// <summary>An SSH key of type RSA from 2048 bits, <c>ssh-rsa AAAA…</c>; files name it by a short hash.</summary>
public sealed class SshRsaRecipient : IRecipient
{
    internal const string StanzaKind = SshKeyText.Rsa;

    // As age has it; and a bound of ours, since the time of the public operation grows with the exponent.
    private const int ModulusBytesMin = 2048 / 8;
    private const int ModulusBytesMax = 16384 / 8;
    private const int ExponentBytesMax = 4;

    private readonly RSAParameters _key;
    private readonly byte[] _blob;

    private SshRsaRecipient(RSAParameters key, byte[] blob)
    {
        _key = key;
        _blob = blob;
    }

    internal static ReadOnlySpan<byte> Label => "age-encryption.org/v1/ssh-rsa"u8;

    internal string Tag => SshKeyText.TagOf(_blob);

    public Stanza Wrap(ReadOnlySpan<byte> fileKey, FillRandom random) =>
        new(StanzaKind, [Tag], RsaOaep.Encrypt(_key, fileKey, Label, random));

    public override string ToString() => $"{StanzaKind} {Convert.ToBase64String(_blob)}";

    /// <summary>Null where the key is too short to be safe, or of an absurd size.</summary>
    internal static SshRsaRecipient? Of(RSAParameters key, byte[] blob) =>
        key is { Modulus.Length: >= ModulusBytesMin and <= ModulusBytesMax, Exponent.Length: <= ExponentBytesMax }
            && (key.Modulus[^1] & key.Exponent[^1] & 1) == 1
            ? new SshRsaRecipient(key, blob)
            : null;
}
