namespace Orrery.Secrets.Age.Plugins;

/// <summary>The dialogue <c>recipient-v1</c>: one plugin wraps one file key for some of its recipients.</summary>
public sealed class PluginWrapping(IReadOnlyList<PluginKey> keys, ReadOnlyMemory<byte> fileKey)
    : PluginDialogue(keys[0].Plugin)
{
    private readonly List<Stanza> _stanzas = [];
    private IReadOnlyList<string>? _labels;

    public override string Argument => "--age-plugin=recipient-v1";

    /// <summary>What the plugin asks of all recipients of the file.</summary>
    public IReadOnlyCollection<string> Labels => _labels ?? [];

    /// <summary>For the header, once the dialogue is done; none at all is refused.</summary>
    public IReadOnlyList<Stanza> TakeStanzas() =>
        _stanzas.Count > 0 ? _stanzas : throw Refused("gave nothing for its recipients");

    protected override IEnumerable<Stanza> FirstPhase() =>
    [
        .. keys.Select(key => new Stanza(key.IsIdentity ? "add-identity" : "add-recipient", [key.Text], default)),
        new Stanza("wrap-file-key", [], fileKey),
        new Stanza("extension-labels", [], default),
        new Stanza("done", [], default),
    ];

    protected override bool Take(Stanza said)
    {
        switch (said.Kind)
        {
            case "recipient-stanza":
                if (said.Arguments is not [var index, var kind, ..] || !IsOurFile(index))
                    throw Refused("gave a stanza for a file that it was not asked for");
                _stanzas.Add(new Stanza(kind, [.. said.Arguments.Skip(2)], said.Body));
                return true;
            case "labels":
                if (_labels is not null || said.Arguments.Distinct().Count() != said.Arguments.Count)
                    throw Refused("gave its labels twice");
                _labels = said.Arguments;
                return true;
            default:
                return false;
        }
    }
}
