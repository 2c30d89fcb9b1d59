using System.Net;
using Orrery.Engine.Ports;

namespace Orrery.Providers.Http;

/// <summary>What differs between the vendors that we talk to over HTTP.</summary>
internal sealed record HttpVendor
{
    /// <summary>For reports, for example <c>hetzner</c>.</summary>
    public required string Provider { get; init; }

    /// <summary>As people call it, for messages: <c>Hetzner Cloud</c>.</summary>
    public required string DisplayName { get; init; }

    /// <summary>With a slash at its end, for example <c>https://api.hetzner.cloud/v1/</c>.</summary>
    public required Uri BaseAddress { get; init; }

    /// <summary>Sent with each request; null where the declaration's reference leads nowhere.</summary>
    public required string? Token { get; init; }

    /// <summary>The header that carries the token alone; null where it is a bearer token.</summary>
    public string? TokenHeader { get; init; }

    /// <summary>How the vendor says that it does not accept a token any more.</summary>
    public HttpStatusCode TokenRefusal { get; init; } = HttpStatusCode.Unauthorized;

    /// <summary>Gives the token of each request where it changes or may be absent; null for a fixed one.</summary>
    public ITokenSource? Tokens { get; init; }

    /// <summary>Where the token is looked for, for messages: <c>env: HCLOUD_TOKEN</c>.</summary>
    public required string TokenSource { get; init; }

    /// <summary>What a reply that is no success means.</summary>
    public required Func<ErrorReply, ProviderException> Classify { get; init; }

    /// <summary>
    /// What a reply refuses although its status is a success, as gRPC does in its trailers; null where nothing is. The
    /// body is complete, unless the request asked for a stream.
    /// </summary>
    public Func<HttpRequestMessage, HttpResponseMessage, ProviderException?> RefusalWithin { get; init; } =
        static (_, _) => null;

    /// <summary>Text that others wrote and that may quote our request, without the token.</summary>
    public string Redact(string text)
    {
        var token = Tokens is { } tokens ? tokens.Current : Token;
        return string.IsNullOrEmpty(token) ? text : text.Replace(token, "(sensitive)", StringComparison.Ordinal);
    }
}

/// <summary>A reply that is no success.</summary>
/// <param name="What">The request in words: <c>POST /v1/servers</c>.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="RequestId">The vendor's id of the request.</param>
/// <param name="Body">All of it; bounded by <see cref="AttemptTimeoutHandler.BodyBytesMax"/>.</param>
/// <param name="Redact">Takes the token out of text that may quote the request.</param>
internal sealed record ErrorReply(
    string What, int Status, string? RequestId, ReadOnlyMemory<byte> Body, Func<string, string> Redact)
{
    /// <summary>What stands beside the status; empty where nothing does.</summary>
    public string Reason { get; init; } = "";
}
