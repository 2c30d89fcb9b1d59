using System.Diagnostics.CodeAnalysis;
using Orrery.Secrets.Age.Encodings;
using Orrery.Secrets.Age.Kinds;
using Orrery.Secrets.Primitives;

namespace Orrery.Secrets.Age;

/// <summary>Reads recipients of every kind from their text.</summary>
public static class AgeRecipient
{
    /// <summary>
    /// Reads <c>age1…</c>, <c>age1pq1…</c>, <c>ssh-ed25519 …</c> and <c>ssh-rsa …</c>; false where it is none
    /// of a kind that we know.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IRecipient? recipient)
    {
        recipient = text.StartsWith("ssh-", StringComparison.Ordinal) ? SshKeyText.ReadPublic(text) : OfAge(text);
        return recipient is not null;
    }

    private static IRecipient? OfAge(string text) =>
        Bech32.Decode(text) switch
        {
            (X25519Recipient.Prefix, { Length: X25519.KeyBytes } key) => new X25519Recipient(key),
            (HybridRecipient.Prefix, var key) when HybridKem.IsPublicKey(key) => new HybridRecipient(key),
            _ => null,
        };
}
