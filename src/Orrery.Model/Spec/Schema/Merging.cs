using Orrery.Model.Spec.Yaml;

namespace Orrery.Model.Spec.Schema;

/// <summary>Lays one mapping over another, key by key.</summary>
internal static class Merging
{
    /// <param name="shapeOf">How the values under a key merge; null where the key is unknown (and reported).</param>
    public static Node ByKey(Node basis, Node patch, Func<string, Shape?> shapeOf)
    {
        // An empty value means "all defaults" where nothing is taken over, and changes nothing where something is.
        if (patch.IsEmpty)
            return basis;
        if (basis is not MappingNode below || patch is not MappingNode above)
            return patch;
        var entries = new List<Entry>(below.Entries.Count + above.Entries.Count);
        foreach (var entry in below.Entries)
        {
            if (above.Find(entry.Key) is not { } over)
                entries.Add(entry);
            else
                entries.Add(
                    entry with { KeyMark = over.Label, Value = shapeOf(entry.Key)?.Merge(entry.Value, over) ?? over });
        }

        foreach (var entry in above.Entries)
        {
            if (below.Find(entry.Key) is null)
                entries.Add(entry);
        }

        return new MappingNode(above.Mark, above.Label, entries);
    }
}
