using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;

namespace Orrery.Simulation.Kubernetes.Store;

/// <summary>The objects by kind and name, the version counter, and the history that watches read.</summary>
internal sealed class ObjectTable
{
    private readonly Dictionary<string, SortedDictionary<string, JsonObject>> _objects = [];
    private readonly List<StoreChange> _history = [];

    /// <summary>The version of the last change.</summary>
    public long Version { get; private set; } = 1;

    /// <summary>Changes up to this version are forgotten.</summary>
    public long CompactedTo { get; private set; }

    public IReadOnlyList<StoreChange> History => _history;

    public JsonObject? Find(ResourceKind kind, string ns, string name) =>
        Of(kind).GetValueOrDefault(KeyOf(kind, ns, name));

    /// <summary>In the order of namespace and name.</summary>
    public IReadOnlyCollection<JsonObject> All(ResourceKind kind) => Of(kind).Values;

    public IEnumerable<JsonObject> Everything() => _objects.Values.SelectMany(objects => objects.Values);

    public StoreChange Put(ResourceKind kind, JsonObject item)
    {
        var key = KeyOf(kind, item);
        var before = Of(kind).GetValueOrDefault(key);
        item["metadata"]!["resourceVersion"] = Next();
        Of(kind)[key] = item;
        return Record(before is null ? ChangeType.Added : ChangeType.Modified, kind, item, before);
    }

    public StoreChange Remove(ResourceKind kind, JsonObject item)
    {
        Of(kind).Remove(KeyOf(kind, item), out var before);
        var last = (JsonObject)item.DeepClone();
        last["metadata"]!["resourceVersion"] = Next();
        return Record(ChangeType.Deleted, kind, last, before);
    }

    /// <summary>Holds exactly these, with the versions that they have; there is no history of them.</summary>
    public void Restore(IEnumerable<(ResourceKind Kind, JsonObject Item)> objects, long version)
    {
        _objects.Clear();
        foreach (var (kind, item) in objects)
            Of(kind)[KeyOf(kind, item)] = item;
        Version = version;
        Compact();
    }

    /// <summary>Forgets the history, as etcd's compaction does after some minutes.</summary>
    public void Compact()
    {
        _history.Clear();
        CompactedTo = Version;
    }

    private string Next() => (++Version).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private StoreChange Record(ChangeType type, ResourceKind kind, JsonObject item, JsonObject? before)
    {
        var change = new StoreChange(type, kind, item, before, Version);
        _history.Add(change);
        return change;
    }

    private SortedDictionary<string, JsonObject> Of(ResourceKind kind)
    {
        var name = $"{kind.Plural}.{kind.StorageGroup}";
        if (!_objects.TryGetValue(name, out var objects))
            _objects[name] = objects = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        return objects;
    }

    private static string KeyOf(ResourceKind kind, JsonObject item) =>
        KeyOf(kind, (string?)item["metadata"]?["namespace"] ?? "", (string?)item["metadata"]?["name"] ?? "");

    private static string KeyOf(ResourceKind kind, string ns, string name) =>
        kind.IsNamespaced ? $"{ns}/{name}" : name;
}
