using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Orrery.Engine.Ports;

namespace Orrery.Providers.Kubernetes.Watching;

/// <summary>
/// Follows objects without losing sight of one: it lists, watches from there, goes on after every broken connection
/// from the last version seen, and lists again when the server has forgotten that version.
/// </summary>
internal sealed class ObjectWatch(KubernetesHttp http, ApiResource resource, ListScope scope, TimeProvider time)
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(15);

    private readonly SortedDictionary<string, KubernetesObject> _known = new(StringComparer.Ordinal);
    private readonly ObjectLists _lists = new(http);

    /// <summary>From where to go on; null where a new list is needed.</summary>
    private string? _version;
    private TimeSpan _pause = PauseMin;

    /// <summary>Goes on until the token ends it, or the server refuses for good.</summary>
    public async IAsyncEnumerable<WatchEvent> RunAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            if (_version is null)
            {
                if (await ListAsync(cancellation) is not { } listed)
                    continue;
                foreach (var change in listed)
                    yield return change;
                yield return new WatchEvent(WatchEventKind.Listed, null);
            }

            var began = time.GetTimestamp();
            if (await OpenAsync(_version ?? "", cancellation) is not { } connection)
                continue;
            await using (connection)
            {
                while (await connection.NextAsync(cancellation) is { } line)
                {
                    if (Take(line) is { } change)
                        yield return change;
                    if (_version is null)
                        break;
                }
            }

            cancellation.ThrowIfCancellationRequested();
            // A server that ends each connection at once is not asked without a pause.
            if (time.GetElapsedTime(began) < PauseMin)
                await PauseAsync(cancellation);
            else
                _pause = PauseMin;
        }
    }

    /// <summary>What differs between what was known and what is there; null where it could not be asked now.</summary>
    private async Task<IReadOnlyList<WatchEvent>?> ListAsync(CancellationToken cancellation)
    {
        IReadOnlyList<KubernetesObject> items;
        try
        {
            (items, _version) = await _lists.AllAsync(resource, scope, cancellation);
        }
        catch (ProviderException refusal) when (refusal.IsTransient || KubernetesErrors.IsExpired(refusal))
        {
            await PauseAsync(cancellation);
            return null;
        }

        var changes = new List<WatchEvent>();
        var gone = _known.Keys.Except(items.Select(KeyOf)).ToList();
        foreach (var key in gone)
        {
            changes.Add(new WatchEvent(WatchEventKind.Deleted, _known[key]));
            _known.Remove(key);
        }

        foreach (var item in items)
        {
            var before = _known.GetValueOrDefault(KeyOf(item));
            if (before?.ResourceVersion == item.ResourceVersion)
                continue;
            _known[KeyOf(item)] = item;
            changes.Add(new WatchEvent(before is null ? WatchEventKind.Added : WatchEventKind.Modified, item));
        }

        return changes;
    }

    private async Task<WatchConnection?> OpenAsync(string version, CancellationToken cancellation)
    {
        try
        {
            var request = WatchConnection.RequestFor(resource, scope, version);
            return await WatchConnection.OpenAsync(http, request, time, cancellation);
        }
        catch (ProviderException refusal) when (KubernetesErrors.IsExpired(refusal))
        {
            _version = null;
        }
        catch (ProviderException refusal) when (refusal.IsTransient)
        {
            // The cluster is away for longer than a request waits: a watch waits as long as its caller.
        }

        await PauseAsync(cancellation);
        return null;
    }

    /// <summary>One line: an event, or null for what only moves the version.</summary>
    private WatchEvent? Take(JsonObject line)
    {
        var type = line.Text("type");
        if (line.Object("object") is not { } json)
            return null;
        if (type == "ERROR")
        {
            // Nearly always 410; after any other error too a new list is right, only slower.
            _version = null;
            return null;
        }

        var item = new KubernetesObject(json);
        if (item.ResourceVersion.Length > 0)
            _version = item.ResourceVersion;
        switch (type)
        {
            case "ADDED" or "MODIFIED":
                var isNew = _known.TryAdd(KeyOf(item), item);
                _known[KeyOf(item)] = item;
                return new WatchEvent(isNew ? WatchEventKind.Added : WatchEventKind.Modified, item);
            case "DELETED":
                _known.Remove(KeyOf(item));
                return new WatchEvent(WatchEventKind.Deleted, item);
            default:
                return null;
        }
    }

    private async Task PauseAsync(CancellationToken cancellation)
    {
        await Task.Delay(_pause, time, cancellation);
        _pause = _pause * 2 > PauseMax ? PauseMax : _pause * 2;
    }

    private static string KeyOf(KubernetesObject item) => $"{item.Namespace}/{item.Name}";
}
