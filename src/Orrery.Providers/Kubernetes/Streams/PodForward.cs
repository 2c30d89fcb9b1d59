using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Orrery.Engine.Ports;

namespace Orrery.Providers.Kubernetes.Streams;

/// <summary>
/// A port of a pod as a stream. Over a WebSocket each port has two channels, data and errors, and each channel's first
/// message is the port's number in two bytes, lowest first
/// (https://pkg.go.dev/k8s.io/kubelet/pkg/cri/streaming/portforward).
/// </summary>
internal sealed class PodForward(ChannelSocket socket, string what) : Stream
{
    private const string Protocol = "v4.channel.k8s.io";
    private const byte Data = 0;
    private const byte Errors = 1;
    private const int PortBytes = 2;

    private readonly MemoryStream _errors = new();
    private readonly int[] _portBytesLeft = [PortBytes, PortBytes];
    private ReadOnlyMemory<byte> _unread;
    private byte? _channel;
    private bool _isLast = true;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static async Task<Stream> OpenAsync(
        KubernetesHttp http, string path, int port, CancellationToken cancellation)
    {
        var query = port.ToString(CultureInfo.InvariantCulture);
        // Reading and writing through it is the user's, not ours: no lease is needed.
        var socket = await ChannelSocket.OpenAsync(
            http, new ChannelRequest($"{path}?ports={query}", Changes: false), [Protocol], cancellation);
        return new PodForward(socket, $"port {query} of {path}");
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_unread.IsEmpty)
        {
            if (!await ReceiveAsync(cancellationToken))
                return 0;
        }

        var count = Math.Min(buffer.Length, _unread.Length);
        _unread[..count].CopyTo(buffer);
        _unread = _unread[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length > 0)
            await socket.SendAsync(Data, buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
        // Each write is a message of its own.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            socket.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Takes one piece of a message; false at the end.</summary>
    private async Task<bool> ReceiveAsync(CancellationToken cancellation)
    {
        (ReadOnlyMemory<byte> Bytes, bool IsLast)? piece;
        try
        {
            piece = await socket.ReceiveAsync(cancellation);
        }
        catch (WebSocketException exception)
        {
            throw new IOException($"the connection to {what} broke", exception);
        }

        if (piece is not { } received)
        {
            if (_errors.Length > 0)
                throw Refused();
            return false;
        }

        var bytes = received.Bytes;
        if (_isLast && bytes.Length > 0)
        {
            _channel = bytes.Span[0];
            bytes = bytes[1..];
        }

        _isLast = received.IsLast;
        Take(bytes);
        // An error is told once and the connection may stay open after it.
        if (_errors.Length > 0 && _isLast)
            throw Refused();
        return true;
    }

    private void Take(ReadOnlyMemory<byte> bytes)
    {
        if (_channel is not (Data or Errors))
            return;
        var port = Math.Min(bytes.Length, _portBytesLeft[_channel.Value]);
        _portBytesLeft[_channel.Value] -= port;
        bytes = bytes[port..];
        if (_channel == Data)
            _unread = bytes;
        else if (_errors.Length < ChannelSocket.ChunkBytes)
            _errors.Write(bytes.Span);
    }

    private ProviderException Refused() => new(
        ProviderErrorCode.Unavailable,
        $"{what}: {KubernetesErrors.Shorten(Encoding.UTF8.GetString(_errors.ToArray()))}");
}
