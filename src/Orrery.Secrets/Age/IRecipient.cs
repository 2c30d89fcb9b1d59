namespace Orrery.Secrets.Age;

/// <summary>
/// Whom a file is encrypted to: the public half of a key pair. <c>ToString</c> is its text, <c>age1…</c>.
/// </summary>
public interface IRecipient
{
    /// <summary>Encrypts the file key so that only this recipient's identity can read it.</summary>
    Stanza Wrap(ReadOnlySpan<byte> fileKey, FillRandom random);
}
