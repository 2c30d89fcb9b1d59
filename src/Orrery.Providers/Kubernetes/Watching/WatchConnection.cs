using System.Globalization;
using System.Text.Json.Nodes;

namespace Orrery.Providers.Kubernetes.Watching;

/// <summary>One connection of a watch, from a version until the server, the network or silence ends it.</summary>
internal sealed class WatchConnection : IAsyncDisposable
{
    /// <summary>
    /// The server is asked to end each connection, so that one that hangs is told from one on which nothing happens.
    /// </summary>
    private static readonly TimeSpan ServerLimit = TimeSpan.FromSeconds(60);

    /// <summary>A quarter longer than that: by then the end itself must have come.</summary>
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(75);

    private readonly HttpResponseMessage _response;
    private readonly IdleLimit _idle;
    private readonly JsonLines _lines;
    private readonly CancellationTokenSource _either;

    private WatchConnection(
        HttpResponseMessage response, Stream stream, TimeProvider time, CancellationToken cancellation)
    {
        _response = response;
        _lines = new JsonLines(stream);
        _idle = new IdleLimit(SilenceMax, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _idle.Token);
    }

    public static async Task<WatchConnection> OpenAsync(
        KubernetesHttp http, ApiRequest request, TimeProvider time, CancellationToken cancellation)
    {
        var response = await http.OpenAsync(request, cancellation);
        var stream = await response.Content.ReadAsStreamAsync(cancellation);
        return new WatchConnection(response, stream, time, cancellation);
    }

    public static ApiRequest RequestFor(ApiResource resource, ListScope scope, string resourceVersion) =>
        new(HttpMethod.Get, resource.PathOf(scope.Namespace))
        {
            Query =
            [
                ("watch", "true"),
                ("allowWatchBookmarks", "true"),
                ("resourceVersion", resourceVersion),
                ("timeoutSeconds", ServerLimit.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)),
                ("labelSelector", scope.LabelSelector),
                ("fieldSelector", scope.FieldSelector),
            ],
        };

    /// <summary>The next line, or null when this connection is over, for whatever reason but our own token.</summary>
    public async Task<JsonObject?> NextAsync(CancellationToken cancellation)
    {
        try
        {
            return await _lines.NextAsync(_idle.Rearm, _either.Token);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException
            || (exception is OperationCanceledException && _idle.IsPast && !cancellation.IsCancellationRequested))
        {
            // A cut or silent connection: the watch goes on from the last version that it saw.
            return null;
        }
    }

    public ValueTask DisposeAsync()
    {
        _idle.Dispose();
        _either.Dispose();
        _response.Dispose();
        return ValueTask.CompletedTask;
    }
}
