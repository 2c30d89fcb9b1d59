using System.Globalization;
using System.Text;
using Orrery.Secrets.Age.Encodings;

namespace Orrery.Secrets.Age.Kinds;

/// <summary>A passphrase that opens files.</summary>
public sealed class ScryptIdentity : IKeyHolder
{
    /// <summary>As age has it: 16 times the usual cost, and 4 GiB. A file that asks for more is refused.</summary>
    public const int WorkFactorMax = 22;

    private readonly byte[] _passphrase;
    private readonly int _workFactorMax;

    /// <param name="workFactorMax">Files that ask for more are refused before anything is computed.</param>
    public ScryptIdentity(string passphrase, int workFactorMax = WorkFactorMax)
    {
        ArgumentException.ThrowIfNullOrEmpty(passphrase);
        Recipient = new ScryptRecipient(passphrase);
        _passphrase = Encoding.UTF8.GetBytes(passphrase);
        _workFactorMax = workFactorMax;
    }

    public IRecipient Recipient { get; }

    public byte[]? Unwrap(IReadOnlyList<Stanza> stanzas)
    {
        foreach (var stanza in stanzas.Where(stanza => stanza.Kind == ScryptRecipient.StanzaKind))
        {
            if (stanzas.Count > 1)
                throw AgeHeader.Malformed("a passphrase stands beside another recipient");
            return Unwrap(stanza);
        }

        return null;
    }

    public override string ToString() => "(a passphrase)";

    private byte[]? Unwrap(Stanza stanza)
    {
        if (stanza.Arguments is not [var saltText, var workFactorText])
            throw new AgeException(AgeFailure.Header, "a scrypt stanza must have two arguments, salt and work factor");
        if (UnpaddedBase64.Decode(saltText) is not { Length: ScryptRecipient.SaltBytes } salt)
            throw new AgeException(AgeFailure.Header, "a scrypt stanza's salt must be 16 bytes in canonical base64");
        // Checked before decrypting: another length would let one body fit several passphrases.
        if (stanza.Body.Length != Keys.FileKeyBytes + Keys.TagBytes)
            throw new AgeException(AgeFailure.Header, "a scrypt stanza's body must have 32 bytes");
        return Keys.Unwrap(
            ScryptRecipient.WrappingKey(_passphrase, salt, WorkFactorOf(workFactorText)), stanza.Body.Span);
    }

    private int WorkFactorOf(string text)
    {
        if (text is not [>= '1' and <= '9', ..] || !text.All(char.IsAsciiDigit))
            throw new AgeException(AgeFailure.Header, "a scrypt stanza's work factor must be a decimal number");
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= _workFactorMax
            ? number
            : throw new AgeException(
                AgeFailure.Header, $"a scrypt stanza's work factor is above {_workFactorMax}, which takes too long");
    }
}
