namespace Orrery.Secrets.Age;

/// <summary>Who may open a file: an identity, an SSH key, a passphrase. <c>ToString</c> never shows it.</summary>
public interface IKeyHolder
{
    /// <summary>To whom others encrypt so that this one can open it.</summary>
    IRecipient Recipient { get; }

    /// <summary>
    /// The file key, or null where no stanza is for this one. A stanza of this kind that is malformed is refused with
    /// an <see cref="AgeException"/>; those of other kinds are ignored.
    /// </summary>
    byte[]? Unwrap(IReadOnlyList<Stanza> stanzas);
}
