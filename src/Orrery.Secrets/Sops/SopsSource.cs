using Orrery.Secrets.Sops.Keys;

namespace Orrery.Secrets.Sops;

/// <summary>A text that was read: its documents without the metadata, and where that stands.</summary>
internal class SopsSource
{
    public required string Text { get; init; }

    /// <summary>One tree for each document; only YAML has several.</summary>
    public required IReadOnlyList<SopsBranch> Documents { get; init; }

    /// <summary>The metadata of the first document; null where there is none.</summary>
    public MetaMap? Metadata { get; init; }

    /// <summary>The metadata as it is written, without what parts it from its neighbours.</summary>
    public string Block { get; init; } = "";

    /// <summary>What goes when the metadata does, in all documents.</summary>
    public IReadOnlyList<TextSpan> MetadataSpans { get; init; } = [];

    /// <summary>Where the MAC and the date stand, in each document.</summary>
    public IReadOnlyList<(string Key, SopsLeaf Leaf)> Stamps { get; init; } = [];
}

/// <summary>
/// One of the formats whose values SOPS encrypts. A format finds values and replaces them where they are.
/// </summary>
internal interface ISopsFormat
{
    /// <exception cref="SopsException">The text is not of the format; the message does not quote it.</exception>
    SopsSource Read(string text);

    /// <summary>A value, or a comment with its mark, as it stands at a place.</summary>
    string Write(SopsValue value, LeafPlace place);

    /// <summary>Metadata as it is written into such a source.</summary>
    string WriteBlock(MetaMap metadata, SopsSource source);

    /// <summary>The edits that add the metadata to a source that has none.</summary>
    IEnumerable<TextEdit> AddBlock(SopsSource source, string block);

    /// <summary>The edit that adds a value that is not there yet, or null where the format cannot.</summary>
    TextEdit? Insert(SopsSource source, IReadOnlyList<string> path, SopsValue value);
}
