namespace Orrery.Secrets.Guard.Documents;

/// <summary>A part of a YAML or JSON document, with its place from 1.</summary>
internal abstract record ObjectNode(int Line, int Column)
{
    /// <summary>What stands under these keys, one below the other; null where there is nothing.</summary>
    public ObjectNode? At(params ReadOnlySpan<string> keys)
    {
        var node = this;
        foreach (var key in keys)
        {
            node = (node as ObjectMap)?.Entries.FirstOrDefault(entry => entry.Key == key).Value;
            if (node is null)
                return null;
        }

        return node;
    }

    /// <summary>The text there; null where there is none, or something else.</summary>
    public string? TextAt(params ReadOnlySpan<string> keys) => (At(keys) as ObjectText)?.Text;

    /// <summary>The items of a list there; none where there is no list.</summary>
    public IEnumerable<ObjectNode> ItemsAt(params ReadOnlySpan<string> keys) => (At(keys) as ObjectList)?.Items ?? [];

    /// <summary>The texts of a list there.</summary>
    public IEnumerable<ObjectText> TextsAt(params ReadOnlySpan<string> keys) => ItemsAt(keys).OfType<ObjectText>();
}

/// <summary>A value; numbers and booleans are texts, too.</summary>
internal sealed record ObjectText(string Text, int Line, int Column) : ObjectNode(Line, Column);

/// <summary>A list.</summary>
internal sealed record ObjectList(IReadOnlyList<ObjectNode> Items, int Line, int Column) : ObjectNode(Line, Column);

/// <summary>A map in its order.</summary>
internal sealed record ObjectMap(
    IReadOnlyList<KeyValuePair<string, ObjectNode>> Entries, int Line, int Column) : ObjectNode(Line, Column);
