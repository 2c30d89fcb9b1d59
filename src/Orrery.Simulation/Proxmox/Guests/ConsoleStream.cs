using System.Buffers.Binary;
using System.Text;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Proxmox.Guests;

/// <summary>
/// A serial console over a WebSocket (RFC 6455), as <c>vncwebsocket</c> gives it: after the ticket it says OK, and then
/// what the machine prints from that moment on. What was printed before is gone.
/// </summary>
/// <param name="agenda">When it is looked whether the machine has printed more.</param>
/// <param name="console">All that the machine has printed since its last boot.</param>
/// <param name="ticket">The line that the client must say first.</param>
internal sealed class ConsoleStream(Agenda agenda, Func<string> console, string ticket) : IReplyStream
{
    /// <summary>As often as a person would notice.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly List<byte> _said = [];
    private readonly List<byte> _out = [];
    private int? _seen;
    private bool _isClosed;

    public bool IsEnded { get; private set; }

    public Action Arrived { get; set; } = static () => { };

    public ReadOnlyMemory<byte> Take()
    {
        var taken = _out.ToArray();
        _out.Clear();
        return taken;
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (_seen is not null || IsEnded)
            return;
        _said.AddRange(bytes);
        if (ClientFrame(_said.ToArray()) is not { } message)
            return;
        if (Encoding.UTF8.GetString(message) != ticket)
        {
            // As termproxy does with whoever has another ticket.
            Frame([0x03, 0xE8], isClose: true);
            IsEnded = true;
            Arrived();
            return;
        }

        _seen = console().Length;
        Frame("OK"u8, isClose: false);
        Arrived();
        agenda.At(agenda.Now + Interval, Look);
    }

    public void Close() => _isClosed = true;

    private void Look()
    {
        if (_isClosed || IsEnded)
            return;
        var text = console();
        // Another boot begins a text of its own.
        var from = text.Length < _seen ? 0 : _seen ?? 0;
        if (text.Length > from)
        {
            Frame(Encoding.UTF8.GetBytes(text[from..]), isClose: false);
            Arrived();
        }

        _seen = text.Length;
        agenda.At(agenda.Now + Interval, Look);
    }

    private void Frame(ReadOnlySpan<byte> payload, bool isClose)
    {
        Span<byte> head = stackalloc byte[10];
        head[0] = isClose ? (byte)0x88 : (byte)0x82;
        var length = 2;
        if (payload.Length < 126)
        {
            head[1] = (byte)payload.Length;
        }
        else if (payload.Length <= ushort.MaxValue)
        {
            (head[1], length) = (126, 4);
            BinaryPrimitives.WriteUInt16BigEndian(head[2..], (ushort)payload.Length);
        }
        else
        {
            (head[1], length) = (127, 10);
            BinaryPrimitives.WriteUInt64BigEndian(head[2..], (ulong)payload.Length);
        }

        _out.AddRange(head[..length]);
        _out.AddRange(payload);
    }

    /// <summary>The first message of a client, which masks what it says; null while it is not whole.</summary>
    private static byte[]? ClientFrame(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 6)
            return null;
        var (length, at) = (bytes[1] & 0x7F, 2);
        if (length == 126)
        {
            if (bytes.Length < 8)
                return null;
            (length, at) = (BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), 4);
        }

        if (bytes.Length < at + 4 + length)
            return null;
        var mask = bytes.Slice(at, 4);
        var message = bytes.Slice(at + 4, length).ToArray();
        for (var i = 0; i < message.Length; i++)
            message[i] ^= mask[i % 4];
        return message;
    }
}
