using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Providers.Http;

namespace Orrery.Providers.Kubernetes;

/// <summary>Requests and replies of an API server as JSON. Knows no kind of object.</summary>
internal sealed class KubernetesHttp(HttpMessageHandler chain, Uri server, string cluster)
{
    /// <summary>
    /// A page of objects of at most 1.5 MiB each (etcd's limit) could be larger; what a cluster really holds is not.
    /// </summary>
    private const int BodyBytesMax = 64 * 1024 * 1024;

    private readonly HttpClient _http = HttpClients.Over(chain, WithSlash(server));

    /// <summary>A refusal that may pass is told at once.</summary>
    public bool AsksOnce { get; init; }

    /// <summary>The chain itself, for connections that change their protocol.</summary>
    public HttpMessageHandler Chain => chain;

    public Uri Server { get; } = WithSlash(server);

    /// <summary>What the server is called in messages.</summary>
    public string Cluster => cluster;

    public async Task<JsonObject> SendAsync(ApiRequest request, CancellationToken cancellation)
    {
        using var response = await ExchangeAsync(request, cancellation);
        return Read(await response.Content.ReadAsByteArrayAsync(cancellation), request);
    }

    /// <summary>The same, with the status: an apply that made something says 201.</summary>
    public async Task<(JsonObject Json, HttpStatusCode Status)> SendWithStatusAsync(
        ApiRequest request, CancellationToken cancellation)
    {
        using var response = await ExchangeAsync(request, cancellation);
        return (Read(await response.Content.ReadAsByteArrayAsync(cancellation), request), response.StatusCode);
    }

    /// <summary>What a read gives, or null where there is nothing.</summary>
    public async Task<JsonObject?> FindAsync(ApiRequest request, CancellationToken cancellation)
    {
        try
        {
            return await SendAsync(request, cancellation);
        }
        catch (ProviderException refusal) when (refusal.Code == ProviderErrorCode.NotFound)
        {
            return null;
        }
    }

    public async Task<string> TextAsync(ApiRequest request, CancellationToken cancellation)
    {
        using var response = await ExchangeAsync(request, cancellation);
        return Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(cancellation));
    }

    /// <summary>A reply whose body is read as it comes; the caller disposes it.</summary>
    public Task<HttpResponseMessage> OpenAsync(ApiRequest request, CancellationToken cancellation) =>
        ExchangeAsync(request with { Streamed = true }, cancellation);

    /// <summary>Reads one document; anything else is a broken reply, after which nothing is known.</summary>
    public JsonObject Read(ReadOnlySpan<byte> body, ApiRequest request)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject ?? throw Unreadable(request, null);
        }
        catch (JsonException exception)
        {
            throw Unreadable(request, exception);
        }
    }

    private async Task<HttpResponseMessage> ExchangeAsync(ApiRequest request, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(request.Method, new Uri(request.PathAndQuery, UriKind.Relative))
        {
            // One connection for everything, also where each needs an SSH forward of its own.
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        message.Headers.TryAddWithoutValidation("Accept", request.Accept);
        message.Options.Set(HttpRequests.BodyBytesMax, BodyBytesMax);
        message.Options.Set(HttpRequests.Once, AsksOnce);
        if (request.Streamed)
            message.Options.Set(HttpRequests.Streamed, true);
        if (request.OnlyAsks)
            message.Options.Set(HttpRequests.Changes, false);
        if (request.Operation is { } operation)
            message.Options.Set(RequestTags.Address, operation.Address.Text);
        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToJsonString()));
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(request.ContentType);
        }

        var completion = request.Streamed
            ? HttpCompletionOption.ResponseHeadersRead
            : HttpCompletionOption.ResponseContentRead;
        return await _http.SendAsync(message, completion, cancellation);
    }

    // Unavailable, not Invalid: what the request did is unknown, as after a 5xx.
    private ProviderException Unreadable(ApiRequest request, Exception? inner) => new(
        ProviderErrorCode.Unavailable,
        $"the API server of {cluster} answered {request.Method} /{request.Path} with something that is no JSON object",
        inner);

    private static Uri WithSlash(Uri server) =>
        server.AbsoluteUri.EndsWith('/') ? server : new Uri($"{server.AbsoluteUri}/");
}
