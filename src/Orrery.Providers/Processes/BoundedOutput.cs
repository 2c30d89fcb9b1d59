using System.Buffers;

namespace Orrery.Providers.Processes;

/// <summary>
/// Reads all that a program says, so that it never waits for us, and keeps a part of it: the beginning of data, the end
/// of messages.
/// </summary>
internal sealed class BoundedOutput(int bytesMax, bool keepsEnd)
{
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _kept = new();
    private bool _isCut;

    public bool IsCut
    {
        get
        {
            lock (_gate)
                return _isCut;
        }
    }

    public ReadOnlyMemory<byte> Bytes
    {
        get
        {
            lock (_gate)
            {
                var all = _kept.WrittenSpan;
                return (keepsEnd && all.Length > bytesMax ? all[^bytesMax..] : all).ToArray();
            }
        }
    }

    public async Task DrainAsync(Stream stream, CancellationToken cancellation)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int length;
            while ((length = await stream.ReadAsync(buffer, cancellation)) > 0)
                Keep(buffer.AsSpan(0, length));
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The pipe was closed under us because the program is over; what came before is kept.
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (!keepsEnd)
            {
                var room = bytesMax - _kept.WrittenCount;
                _isCut |= bytes.Length > room;
                _kept.Write(bytes[..Math.Min(room, bytes.Length)]);
                return;
            }

            _kept.Write(bytes);
            // Trimmed at twice the limit only, so that a talkative program costs no copy for each line.
            if (_kept.WrittenCount <= 2L * bytesMax)
                return;
            var end = _kept.WrittenSpan[^bytesMax..].ToArray();
            _isCut = true;
            _kept.ResetWrittenCount();
            _kept.Write(end);
        }
    }
}
