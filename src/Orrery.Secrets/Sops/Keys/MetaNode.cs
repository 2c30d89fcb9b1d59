namespace Orrery.Secrets.Sops.Keys;

/// <summary>The metadata as written, whatever the format.</summary>
internal abstract record MetaNode;

/// <param name="IsBare">A number or a boolean, which is written without quotes.</param>
internal sealed record MetaText(string Text, bool IsBare = false) : MetaNode;

internal sealed record MetaList(IReadOnlyList<MetaNode> Items) : MetaNode;

/// <summary>Entries in order of their keys, as SOPS writes them.</summary>
internal sealed record MetaMap(IReadOnlyList<KeyValuePair<string, MetaNode>> Entries) : MetaNode
{
    public static MetaMap Of(IEnumerable<KeyValuePair<string, MetaNode>> entries) =>
        new([.. entries.OrderBy(entry => entry.Key, StringComparer.Ordinal)]);

    public MetaNode? Find(string key) => Entries.LastOrDefault(entry => entry.Key == key).Value;

    /// <summary>A text, or null where it is not there or empty.</summary>
    public string? Text(string key) => Find(key) is MetaText { Text.Length: > 0 } text ? text.Text : null;

    /// <summary>The maps of a list; what is null or missing is none.</summary>
    public IEnumerable<MetaMap> Maps(string key) => (Find(key) as MetaList)?.Items.OfType<MetaMap>() ?? [];
}

/// <summary>
/// Metadata for formats without structure: <c>age__list_0__map_recipient</c> stands for the recipient of the first of
/// the list <c>age</c>.
/// </summary>
internal static class FlatMeta
{
    private const string MapMark = "__map_";
    private const string ListMark = "__list_";

    /// <summary>List indices beyond this are refused: nobody has so many keys.</summary>
    private const int IndexMax = 10_000;

    public static IEnumerable<(string Key, string Text)> Flatten(MetaMap metadata) =>
        metadata.Entries.SelectMany(entry => Flatten(entry.Value, entry.Key));

    public static MetaMap Unflatten(IEnumerable<(string Key, string Text)> entries)
    {
        var root = new Level();
        foreach (var (key, text) in entries)
        {
            var level = root;
            foreach (var part in Parts(key))
                level = level.At(part);
            if (level.Text is not null)
                throw Refused("an entry occurs twice");
            level.Text = text;
        }

        return root.ToNode(0) as MetaMap ?? throw Refused("it is empty");
    }

    private static IEnumerable<(string Key, string Text)> Flatten(MetaNode node, string prefix) => node switch
    {
        MetaMap map => map.Entries.SelectMany(entry => Flatten(entry.Value, prefix + MapMark + entry.Key)),
        MetaList list => list.Items.SelectMany((item, index) => Flatten(item, $"{prefix}{ListMark}{index}")),
        MetaText text => [(prefix, text.Text)],
        _ => [],
    };

    /// <summary>The keys and, as numbers behind a hash sign, the positions in lists.</summary>
    private static IEnumerable<string> Parts(string key)
    {
        var (start, kind) = (0, "");
        while (true)
        {
            var map = key.IndexOf(MapMark, start, StringComparison.Ordinal);
            var list = key.IndexOf(ListMark, start, StringComparison.Ordinal);
            var end = Math.Min((uint)map, (uint)list);
            yield return kind + (end == uint.MaxValue ? key[start..] : key[start..(int)end]);
            if (end == uint.MaxValue)
                yield break;
            kind = end == (uint)list ? "#" : "";
            start = (int)end + (kind.Length > 0 ? ListMark.Length : MapMark.Length);
        }
    }

    private static SopsException Refused(string why) =>
        new(SopsFailure.Metadata, $"the metadata cannot be read: {why}");

    private sealed class Level
    {
        private const int DepthMax = 16;

        private readonly Dictionary<string, Level> _below = new(StringComparer.Ordinal);

        public string? Text { get; set; }

        public Level At(string part)
        {
            if (!_below.TryGetValue(part, out var level))
                _below.Add(part, level = new Level());
            return level;
        }

        public MetaNode ToNode(int depth)
        {
            if (depth > DepthMax)
                throw Refused("it is nested too deep");
            if (_below.Count == 0)
                return new MetaText(Text ?? "");
            if (Text is not null)
                throw Refused("an entry is a value and a map at once");
            if (_below.Keys.All(part => part.StartsWith('#')))
            {
                return new MetaList(
                    [.. _below.OrderBy(below => Index(below.Key)).Select(below => below.Value.ToNode(depth + 1))]);
            }

            return MetaMap.Of(_below.Select(
                below => KeyValuePair.Create(below.Key, below.Value.ToNode(depth + 1))));
        }

        private static int Index(string part) =>
            int.TryParse(part.AsSpan(1), out var index) && index is >= 0 and < IndexMax
                ? index
                : throw Refused("a position in a list is no number");
    }
}
