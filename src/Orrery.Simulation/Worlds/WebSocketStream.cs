using System.Security.Cryptography;
using System.Text;
using Orrery.Model.Values;

namespace Orrery.Simulation.Worlds;

/// <summary>What a server says on a connection that has become a WebSocket: RFC 6455.</summary>
internal abstract class WebSocketStream : IReplyStream
{
    private const byte BinaryMessage = 0x82;
    private const byte Closing = 0x88;
    private const int LongLength = 126;

    private readonly List<byte> _frames = [];

    public bool IsEnded { get; private set; }

    public Action Arrived { get; set; } = static () => { };

    /// <summary>The headers of the reply that accepts an upgrade.</summary>
    /// <param name="request">With its <c>sec-websocket-key</c>.</param>
    /// <param name="protocol">What both sides speak from now on.</param>
    public static ValueMap<string> Accepting(WorldRequest request, string protocol)
    {
        request.Headers.TryGetValue("sec-websocket-key", out var key);
#pragma warning disable CA5350 // RFC 6455 says so; nothing relies on its strength.
        var hash = SHA1.HashData(Encoding.ASCII.GetBytes($"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
#pragma warning restore CA5350
        return ValueMap.Of(
            ("connection", "Upgrade"), ("upgrade", "websocket"),
            ("sec-websocket-accept", Convert.ToBase64String(hash)), ("sec-websocket-protocol", protocol));
    }

    public ReadOnlyMemory<byte> Take()
    {
        var taken = _frames.ToArray();
        _frames.Clear();
        return taken;
    }

    public void Close() => IsEnded = true;

    /// <summary>The connection ends without a word.</summary>
    public void Break()
    {
        if (IsEnded)
            return;
        IsEnded = true;
        Arrived();
    }

    /// <summary>Binary messages, not masked (5.2); a length of two bytes holds 64 KiB.</summary>
    /// <param name="prefix">Begins each message: a channel, or nothing.</param>
    protected void Say(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> content)
    {
        do
        {
            var chunk = content[..Math.Min(content.Length, ushort.MaxValue - prefix.Length)];
            content = content[chunk.Length..];
            Begin(BinaryMessage, prefix.Length + chunk.Length);
            _frames.AddRange(prefix);
            _frames.AddRange(chunk);
        }
        while (content.Length > 0);

        Arrived();
    }

    /// <summary>A normal end: 1000.</summary>
    protected void End()
    {
        Begin(Closing, 2);
        _frames.AddRange([0x03, 0xe8]);
        Break();
    }

    private void Begin(byte kind, int length)
    {
        _frames.Add(kind);
        if (length < LongLength)
        {
            _frames.Add((byte)length);
            return;
        }

        _frames.Add(LongLength);
        _frames.Add((byte)(length >> 8));
        _frames.Add((byte)length);
    }
}
