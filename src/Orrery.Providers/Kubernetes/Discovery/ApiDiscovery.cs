using System.Text.Json.Nodes;
using Orrery.Engine.Ports;

namespace Orrery.Providers.Kubernetes.Discovery;

/// <summary>Which kinds the server knows: asked once, and again when a kind is missing that may have come since.</summary>
#pragma warning disable CA1001 // A semaphore whose wait handle nobody takes holds nothing.
internal sealed class ApiDiscovery(KubernetesHttp http, TimeProvider time)
{
#pragma warning restore CA1001
    /// <summary>A definition is served within a few seconds of its creation.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _one = new(1, 1);
    private IReadOnlyList<ApiResource>? _known;

    public async Task<IReadOnlyList<ApiResource>> AllAsync(CancellationToken cancellation) =>
        await RefreshAsync(_known is null, cancellation);

    /// <summary>How a kind is served, or null where the server does not know it, not even by now.</summary>
    public async Task<ApiResource?> FindAsync(ApiKind kind, CancellationToken cancellation)
    {
        var known = _known;
        if (known is not null && In(known, kind) is { } found)
            return found;
        return In(await RefreshAsync(force: true, cancellation), kind);
    }

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

    private async Task<IReadOnlyList<ApiResource>> RefreshAsync(bool force, CancellationToken cancellation)
    {
        var before = _known;
        await _one.WaitAsync(cancellation);
        try
        {
            // Somebody else has asked while we waited.
            if (_known is { } known && (!force || !ReferenceEquals(known, before)))
                return known;
            return _known =
                [.. await UnderAsync("api", cancellation), .. await UnderAsync("apis", cancellation)];
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
