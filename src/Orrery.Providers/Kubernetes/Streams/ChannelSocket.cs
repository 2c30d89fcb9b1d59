using System.Net.WebSockets;
using Orrery.Engine.Ports;
using Orrery.Providers.Http;

namespace Orrery.Providers.Kubernetes.Streams;

/// <summary>
/// Several streams over one WebSocket: the first byte of each message names its channel
/// (https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/util/wsstream/doc.go).
/// </summary>
internal sealed class ChannelSocket : IDisposable
{
    /// <summary>How much goes out in one message; both sides buffer whole messages.</summary>
    public const int ChunkBytes = 16 * 1024;

    private readonly ClientWebSocket _socket;
    private readonly byte[] _incoming = new byte[ChunkBytes * 2];

    private ChannelSocket(ClientWebSocket socket) => _socket = socket;

    /// <summary>What the server chose of the protocols offered.</summary>
    public string Protocol => _socket.SubProtocol ?? "";

    public static async Task<ChannelSocket> OpenAsync(
        KubernetesHttp http, ChannelRequest request, IEnumerable<string> protocols, CancellationToken cancellation)
    {
        var socket = new ClientWebSocket();
        try
        {
            // Pings would run on real time; the pod's end tells of itself.
            socket.Options.KeepAliveInterval = TimeSpan.Zero;
            foreach (var protocol in protocols)
                socket.Options.AddSubProtocol(protocol);
            var address = new UriBuilder(new Uri(http.Server, request.PathAndQuery));
            address.Scheme = address.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs;
            using var invoker = new HttpMessageInvoker(new Upgrade(http.Chain, request), disposeHandler: false);
            await socket.ConnectAsync(address.Uri, invoker, cancellation);
            return new ChannelSocket(socket);
        }
        catch (WebSocketException exception)
        {
            socket.Dispose();
            if (exception.InnerException is ProviderException refusal)
                throw refusal;
            throw new ProviderException(
                ProviderErrorCode.Unavailable,
                $"the API server of {http.Cluster} does not switch {request.PathAndQuery.Split('?')[0]} to a WebSocket:"
                + $" {exception.Message}",
                exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The next piece and whether it begins a message; null at the end. Its bytes are valid until the next call.
    /// </summary>
    public async Task<(ReadOnlyMemory<byte> Bytes, bool IsLast)?> ReceiveAsync(CancellationToken cancellation)
    {
        var received = await _socket.ReceiveAsync(_incoming.AsMemory(), cancellation);
        return received.MessageType == WebSocketMessageType.Close
            ? null
            : (_incoming.AsMemory(0, received.Count), received.EndOfMessage);
    }

    public async Task SendAsync(byte channel, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        do
        {
            var chunk = bytes[..Math.Min(bytes.Length, ChunkBytes)];
            bytes = bytes[chunk.Length..];
            var message = new byte[chunk.Length + 1];
            message[0] = channel;
            chunk.CopyTo(message.AsMemory(1));
            await _socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, cancellation);
        }
        while (bytes.Length > 0);
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Says of the upgrade what the chain asks of each request.</summary>
    private sealed class Upgrade(HttpMessageHandler chain, ChannelRequest what) : DelegatingHandler(chain)
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Options.Set(HttpRequests.Streamed, true);
            request.Options.Set(HttpRequests.Changes, what.Changes);
            if (what.Operation is { } operation)
                request.Options.Set(RequestTags.Address, operation.Address.Text);
            return base.SendAsync(request, cancellationToken);
        }
    }
}

/// <summary>What is switched to a WebSocket.</summary>
/// <param name="Changes">What is done over it changes things.</param>
internal sealed record ChannelRequest(string PathAndQuery, bool Changes)
{
    public OperationContext? Operation { get; init; }
}
