namespace Orrery.Simulation.Kubernetes.Kinds;

/// <summary>The kinds that one server serves now: the built-in ones and those of established definitions.</summary>
public sealed class KindRegistry
{
    private readonly List<ResourceKind> _kinds = [.. KindTable.BuiltIn];
    private readonly Dictionary<(string ApiVersion, string Kind), ResourceKind> _byKind = [];
    private readonly Dictionary<(string Group, string Version, string Plural), ResourceKind> _byPlural = [];

    public KindRegistry()
    {
        foreach (var kind in _kinds)
            Index(kind);
    }

    /// <summary>All of them, in the order of their groups.</summary>
    public IReadOnlyList<ResourceKind> All => _kinds;

    /// <summary>Each kind of stored objects once, whatever versions it has.</summary>
    public IEnumerable<ResourceKind> Stored =>
        _kinds.Where(kind => kind.IsStored).DistinctBy(kind => $"{kind.Plural}.{kind.StorageGroup}");

    public ResourceKind? Find(string apiVersion, string kind) => _byKind.GetValueOrDefault((apiVersion, kind));

    public ResourceKind? Find(string group, string version, string plural) =>
        _byPlural.GetValueOrDefault((group, version, plural));

    public bool Serves(string group, string version) =>
        _kinds.Exists(kind => kind.Group == group && kind.Version == version);

    internal void Add(ResourceKind kind)
    {
        Remove(other => other.ApiVersion == kind.ApiVersion && other.Plural == kind.Plural);
        _kinds.Add(kind);
        Index(kind);
    }

    internal void RemoveDefinition(string definition) => Remove(kind => kind.Definition == definition);

    private void Remove(Predicate<ResourceKind> which)
    {
        foreach (var kind in _kinds.FindAll(which))
        {
            _kinds.Remove(kind);
            _byKind.Remove((kind.ApiVersion, kind.Kind));
            _byPlural.Remove((kind.Group, kind.Version, kind.Plural));
        }
    }

    private void Index(ResourceKind kind)
    {
        _byKind[(kind.ApiVersion, kind.Kind)] = kind;
        _byPlural[(kind.Group, kind.Version, kind.Plural)] = kind;
    }
}
