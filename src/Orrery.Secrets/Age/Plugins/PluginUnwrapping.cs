namespace Orrery.Secrets.Age.Plugins;

/// <summary>The dialogue <c>identity-v1</c>: one plugin looks for the file key among the stanzas of one file.</summary>
public sealed class PluginUnwrapping(IReadOnlyList<PluginKey> keys, IReadOnlyList<Stanza> stanzas)
    : PluginDialogue(keys[0].Plugin)
{
    public override string Argument => "--age-plugin=identity-v1";

    /// <summary>Once the dialogue is done: null where no stanza was for these identities.</summary>
    public byte[]? FileKey { get; private set; }

    protected override IEnumerable<Stanza> FirstPhase() =>
    [
        .. keys.Select(key => new Stanza("add-identity", [key.Text], default)),
        .. stanzas.Select(stanza =>
            new Stanza("recipient-stanza", ["0", stanza.Kind, .. stanza.Arguments], stanza.Body)),
        new Stanza("done", [], default),
    ];

    protected override bool Take(Stanza said)
    {
        if (said.Kind != "file-key")
            return false;
        if (said.Arguments is not [var index] || !IsOurFile(index))
            throw Refused("gave the key of a file that it was not asked for");
        if (FileKey is not null)
            throw Refused("gave the file's key twice");
        if (said.Body.Length != Keys.FileKeyBytes)
            throw Refused("gave a file key that does not have 16 bytes");
        FileKey = said.Body.ToArray();
        return true;
    }
}
