using System.Text.Json.Nodes;
using Orrery.Engine.Ports;

namespace Orrery.Providers.Kubernetes.Discovery;

/// <summary>Which kinds the server knows: asked once, and again when one is missing that may have come since.</summary>
#pragma warning disable CA1001 // A semaphore whose wait handle nobody takes holds nothing.
internal sealed class ApiDiscovery(KubernetesHttp http, TimeProvider time)
{
#pragma warning restore CA1001
    /// <summary>A definition is served within seconds of its creation; nobody asks more often than this.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _one = new(1, 1);
    private IReadOnlyList<ApiResource>? _known;
    private long _askedAt;

    private bool IsFresh => _known is not null && time.GetElapsedTime(_askedAt) < Pause;

    public async Task<IReadOnlyList<ApiResource>> AllAsync(CancellationToken cancellation) =>
        await RefreshAsync(cancellation);

    /// <summary>How a kind is served, or null where the server does not know it, not even by now.</summary>
    public async Task<ApiResource?> FindAsync(ApiKind kind, CancellationToken cancellation)
    {
        var known = _known;
        if (known is not null && In(known, kind) is { } found)
            return found;
        return In(await RefreshAsync(cancellation), kind);
    }

    /// <summary>The same kind in the version that the server prefers, where it has none of that version.</summary>
    public async Task<ApiResource?> FindAnyVersionAsync(ApiKind kind, CancellationToken cancellation) =>
        await FindAsync(kind, cancellation)
        ?? _known?.FirstOrDefault(resource => resource.Kind.Qualified == kind.Qualified);

    /// <summary>
    /// The same, for a kind whose definition is on its way: waits up to <paramref name="limit"/>, then refuses.
    /// </summary>
    public async Task<ApiResource> AwaitAsync(
        ApiKind kind, TimeSpan limit, Action<WaitState> waiting, CancellationToken cancellation)
    {
        var since = time.GetTimestamp();
        var told = false;
        while (true)
        {
            if (await FindAsync(kind, cancellation) is { } found)
                return found;
            if (time.GetElapsedTime(since) >= limit)
            {
                throw new ProviderException(
                    ProviderErrorCode.NotFound,
                    $"the API server of {http.Cluster} does not know the kind {kind}: is its"
                    + $" CustomResourceDefinition applied and established? (waited {limit.TotalSeconds:0} s)");
            }

            if (!told)
                waiting(new WaitState($"the kind {kind} is served", "not known to the API server"));
            told = true;
            await Task.Delay(Pause, time, cancellation);
        }
    }

    private static ApiResource? In(IReadOnlyList<ApiResource> known, ApiKind kind) =>
        known.FirstOrDefault(resource => resource.Kind == kind);

    /// <summary>What the server said within the last moment, so that many who miss a kind ask once.</summary>
    private async Task<IReadOnlyList<ApiResource>> RefreshAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            if (_known is not null && IsFresh)
                return _known;
            _known = [.. await UnderAsync("api", cancellation), .. await UnderAsync("apis", cancellation)];
            _askedAt = time.GetTimestamp();
            return _known;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<IEnumerable<ApiResource>> UnderAsync(string path, CancellationToken cancellation)
    {
        var reply = await http.SendAsync(
            new ApiRequest(HttpMethod.Get, path) { Accept = DiscoveryReading.Accept }, cancellation);
        if (reply.Text("kind") == DiscoveryReading.AggregatedKind)
            return DiscoveryReading.Aggregated(reply);
        var versions = path == "api" ? DiscoveryReading.CoreVersions(reply) : DiscoveryReading.GroupVersions(reply);
        var all = new List<ApiResource>();
        foreach (var version in versions)
        {
            if (await ListAsync($"{path}/{version}", cancellation) is { } list)
                all.AddRange(DiscoveryReading.Resources(list));
        }

        return all;
    }

    /// <summary>Null for a group whose own server is down: all others can still be used.</summary>
    private async Task<JsonObject?> ListAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return await http.SendAsync(new ApiRequest(HttpMethod.Get, path), cancellation);
        }
        catch (ProviderException refusal) when (refusal.Status is 404 or 503)
        {
            return null;
        }
    }
}
