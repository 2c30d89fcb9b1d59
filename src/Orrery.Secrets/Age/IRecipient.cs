namespace Orrery.Secrets.Age;

/// <summary>
/// Whom a file is encrypted to: the public half of a key pair. <c>ToString</c> is its text, <c>age1…</c>.
/// </summary>
public interface IRecipient
{
    /// <summary>
    /// What must hold of all recipients of a file if it holds of one: <see cref="Plugins.Labels.PostQuantum"/>. Only
    /// recipients with the same set stand in one file. Empty by default.
    /// </summary>
    IReadOnlyCollection<string> Labels => [];

    /// <summary>Encrypts the file key so that only this recipient's identity can read it.</summary>
    Stanza Wrap(ReadOnlySpan<byte> fileKey, FillRandom random);
}
