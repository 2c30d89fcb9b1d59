using System.Diagnostics.CodeAnalysis;

namespace Orrery.Simulation.Hetzner.State;

/// <summary>All things of one kind, in the order of their ids, with those that went away lately.</summary>
/// <param name="path">As in the API's paths: <c>servers</c>.</param>
/// <param name="noun">As in the API's documents: <c>server</c>.</param>
/// <param name="limit">How many there may be.</param>
internal sealed class Collection<T>(string path, string noun, int limit)
    where T : Entity
{
    private readonly SortedDictionary<long, T> _items = [];
    private readonly List<(T Item, TimeSpan Gone)> _gone = [];

    public string Path => path;

    public string Noun => noun;

    public IReadOnlyCollection<T> All => _items.Values;

    public bool Full => _items.Count >= limit;

    public bool TryFind(long id, [MaybeNullWhen(false)] out T item) => _items.TryGetValue(id, out item);

    public T? Find(long? id) => id is { } known && _items.TryGetValue(known, out var item) ? item : null;

    public T? Named(string name) => _items.Values.FirstOrDefault(item => item.Name == name);

    public void Add(T item) => _items.Add(item.Id, item);

    public void Remove(T item, TimeSpan now)
    {
        if (_items.Remove(item.Id))
            _gone.Add((item, now));
    }

    /// <summary>
    /// What a replica that lags shows: without what was made since then, with what went away since then.
    /// </summary>
    public IEnumerable<T> AsOf(TimeSpan then) =>
        _items.Values.Where(item => item.Created <= then || item.Preset)
            .Concat(_gone.Where(gone => gone.Gone > then && gone.Item.Created <= then).Select(gone => gone.Item))
            .OrderBy(item => item.Id);
}
