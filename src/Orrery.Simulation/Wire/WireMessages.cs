using System.Net;
using System.Net.Http.Headers;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Wire;

/// <summary>Requests of the framework as worlds read them, and worlds' replies as the framework does.</summary>
internal static class WireMessages
{
    public static async Task<WorldRequest> ReadAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellation);
        request.Options.TryGetValue(RequestTags.Address, out var tag);
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var header in request.Headers.NonValidated)
            headers[header.Key.ToLowerInvariant()] = string.Join(",", (IEnumerable<string>)header.Value);
        if (request.Content is not null)
        {
            foreach (var header in request.Content.Headers.NonValidated)
                headers[header.Key.ToLowerInvariant()] = string.Join(",", (IEnumerable<string>)header.Value);
        }

        var address = request.RequestUri ?? throw new InvariantException("a request without an address");
        return new WorldRequest
        {
            Method = request.Method.Method,
            Path = address.AbsolutePath,
            Query = address.Query.TrimStart('?'),
            Headers = ValueMap.From(headers),
            Body = body,
            Tag = tag,
        };
    }

    /// <param name="stream">The reply's stream as its reader sees it; null where the body is all.</param>
    public static HttpResponseMessage Response(WorldReply answer, Stream? stream)
    {
        var response = new HttpResponseMessage((HttpStatusCode)answer.Status)
        {
            Content = stream is null ? new ByteArrayContent(answer.Body.ToArray())
                : answer.Status == 101 ? new UpgradedContent(stream)
                : new StreamContent(stream),
        };
        foreach (var (name, value) in answer.Headers)
        {
            if (name == "content-type")
                response.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            else if (!response.Headers.TryAddWithoutValidation(name, value))
                response.Content.Headers.TryAddWithoutValidation(name, value);
        }

        foreach (var (name, value) in answer.Trailers)
            response.TrailingHeaders.TryAddWithoutValidation(name, value);
        if (stream is SimulatedReplyStream going)
        {
            going.Ended = trailers =>
            {
                foreach (var (name, value) in trailers)
                    response.TrailingHeaders.TryAddWithoutValidation(name, value);
            };
        }

        return response;
    }

    /// <summary>What a client hears where no reply comes.</summary>
    public static HttpRequestException Failure(WorldReply answer) => answer.OtherFingerprint is not { } found
        ? new HttpRequestException("connection refused")
        : new HttpRequestException(
            HttpRequestError.SecureConnectionError, "the TLS handshake failed",
            new OtherServerException(answer.ExpectedFingerprint, found));
}

/// <summary>A connection that has changed its protocol: the stream itself, to read and to write.</summary>
internal sealed class UpgradedContent(Stream connection) : HttpContent
{
    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => connection;

    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult(connection);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        throw new NotSupportedException("an upgraded connection has no end to copy it to");

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
