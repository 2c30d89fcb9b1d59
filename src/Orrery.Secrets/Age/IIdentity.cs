namespace Orrery.Secrets.Age;

/// <summary>Who may read a file: the private half of a key pair. <c>ToString</c> never shows it.</summary>
public interface IIdentity
{
    IRecipient Recipient { get; }

    /// <summary>The secret text, <c>AGE-SECRET-KEY-1…</c>: for the one file that keeps it.</summary>
    string Export();

    /// <summary>
    /// The file key, or null where no stanza is for this identity. A stanza of this kind that is malformed is refused
    /// with an <see cref="AgeException"/>; those of other kinds are ignored.
    /// </summary>
    byte[]? Unwrap(IReadOnlyList<Stanza> stanzas);
}
