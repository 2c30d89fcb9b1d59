using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace Orrery.Tests.Providers.Kubernetes;

/// <summary>A real WebSocket server on loopback that plays one pod's end of an exec or a port-forward.</summary>
internal sealed class ChannelServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _serving;
    private readonly Func<WebSocket, Task> _play;

    /// <param name="protocol">What it chooses; null to refuse the upgrade with 403.</param>
    public ChannelServer(string? protocol, Func<WebSocket, Task> play)
    {
        _play = play;
        _listener.Start();
        _serving = ServeAsync(protocol);
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>The first line and the headers of the request.</summary>
    public string Asked { get; private set; } = "";

    public static Task SendAsync(WebSocket socket, byte channel, string text) => socket.SendAsync(
        new[] { channel }.Concat(Encoding.UTF8.GetBytes(text)).ToArray(), WebSocketMessageType.Binary, true, default);

    public static async Task<byte[]> ReceiveAsync(WebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        var received = await socket.ReceiveAsync(buffer.AsMemory(), default);
        return buffer[..received.Count];
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _serving;
        _end.Dispose();
    }

    private async Task ServeAsync(string? protocol)
    {
        try
        {
            using var client = await _listener.AcceptTcpClientAsync(_end.Token);
            await using var stream = client.GetStream();
            Asked = await HeadAsync(stream);
            if (protocol is null)
            {
                const string body =
                    """{"kind":"Status","reason":"Forbidden","message":"pods is forbidden","code":403}""";
                await WriteAsync(stream, $"HTTP/1.1 403 Forbidden\r\nContent-Length: {body.Length}\r\n\r\n{body}");
                return;
            }

            var key = Asked.Split("\r\n").Single(line =>
                line.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase)).Split(' ')[1];
#pragma warning disable CA5350 // RFC 6455 asks for SHA-1 in its handshake.
            var accept = Convert.ToBase64String(
                SHA1.HashData(Encoding.ASCII.GetBytes($"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
            await WriteAsync(
                stream,
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + $"Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: {protocol}\r\n\r\n");
            using var socket = WebSocket.CreateFromStream(
                stream, new WebSocketCreationOptions { IsServer = true, SubProtocol = protocol });
            await _play(socket);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or WebSocketException)
        {
            // The client went; what it made of it is the test's to say.
        }
    }

    private static async Task<string> HeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) == 1)
            head.Append((char)one[0]);
        return head.ToString();
    }

    private static async Task WriteAsync(NetworkStream stream, string text) =>
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
}
