using System.Security.Cryptography;
using Orrery.Secrets.Primitives;

namespace Orrery.Secrets.Age.Kinds;

/// <summary>The private half of an SSH key of type RSA.</summary>
public sealed class SshRsaIdentity : IKeyHolder
{
    private readonly RSAParameters _key;
    private readonly SshRsaRecipient _recipient;

    internal SshRsaIdentity(RSAParameters key, SshRsaRecipient recipient)
    {
        _key = key;
        _recipient = recipient;
    }

    public IRecipient Recipient => _recipient;

    public byte[]? Unwrap(IReadOnlyList<Stanza> stanzas)
    {
        foreach (var stanza in stanzas.Where(stanza => stanza.Kind == SshRsaRecipient.StanzaKind))
        {
            if (stanza.Arguments is not [var tag])
                throw new AgeException(AgeFailure.Header, "an ssh-rsa stanza must have one argument, its tag");
            if (tag == _recipient.Tag
                && RsaOaep.Decrypt(_key, stanza.Body.Span, SshRsaRecipient.Label) is { Length: Keys.FileKeyBytes } key)
                return key;
        }

        return null;
    }

    public override string ToString() => $"(identity of {_recipient})";
}
