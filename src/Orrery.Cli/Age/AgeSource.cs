using System.Buffers;
using Orrery.Secrets.Age;

namespace Orrery.Cli.Age;

/// <summary>An age file as it is read: binary, or armor that is taken off on the way.</summary>
internal sealed class AgeSource(Stream stream) : IAsyncDisposable
{
    private const int BlockBytes = 256 * 1024;

    private readonly ArrayBufferWriter<byte> _buffer = new(BlockBytes);
    private readonly byte[] _block = new byte[BlockBytes];
    private int _taken;
    private bool _isAtEnd;
    private ArmorReader? _armor;
    private bool _isOpen;

    /// <summary>The header; the payload is what is read afterwards.</summary>
    public async Task<AgeHeader> ReadHeaderAsync(CancellationToken cancellation)
    {
        await OpenAsync(cancellation);
        while (!_isAtEnd && _buffer.WrittenCount < AgeHeader.BytesMax && AgeHeader.MayBegin(_buffer.WrittenSpan)
            && !AgeHeader.IsComplete(_buffer.WrittenSpan))
            await FillAsync(cancellation);
        var header = AgeHeader.Read(_buffer.WrittenSpan, out _taken);
        return header;
    }

    /// <summary>Fills all of it unless the file ends before; gives how much.</summary>
    public async Task<int> ReadFullAsync(Memory<byte> target, CancellationToken cancellation)
    {
        await OpenAsync(cancellation);
        var filled = 0;
        while (filled < target.Length)
        {
            if (_taken == _buffer.WrittenCount)
            {
                _buffer.ResetWrittenCount();
                _taken = 0;
                if (_isAtEnd)
                    return filled;
                // Without armor there is nothing to do with the bytes on their way.
                if (_armor is null)
                {
                    var read = await ReadAsync(target[filled..], cancellation);
                    _isAtEnd = read == 0;
                    filled += read;
                    continue;
                }

                await FillAsync(cancellation);
            }

            var part = Math.Min(target.Length - filled, _buffer.WrittenCount - _taken);
            _buffer.WrittenMemory.Slice(_taken, part).CopyTo(target[filled..]);
            _taken += part;
            filled += part;
        }

        return filled;
    }

    /// <summary>The whole file, as it stands; null where it is larger than that.</summary>
    public static async Task<byte[]?> ReadAllAsync(Stream stream, int bytesMax, CancellationToken cancellation)
    {
        var all = new ArrayBufferWriter<byte>();
        while (all.WrittenCount <= bytesMax)
        {
            var read = await stream.ReadAsync(all.GetMemory(BlockBytes), cancellation).AsTask().WaitAsync(cancellation);
            if (read == 0)
                return all.WrittenSpan.ToArray();
            all.Advance(read);
        }

        return null;
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    // Looks at the beginning once: as much as armor may have blank lines before it, and any white space counts.
    private async Task OpenAsync(CancellationToken cancellation)
    {
        if (_isOpen)
            return;
        _isOpen = true;
        while (!_isAtEnd && _buffer.WrittenCount < BlockBytes && NeedsMore())
            await FillAsync(cancellation);
        if (!Armor.IsArmored(_buffer.WrittenSpan))
            return;
        _armor = new ArmorReader();
        var text = _buffer.WrittenSpan.ToArray();
        _buffer.ResetWrittenCount();
        _armor.Add(text, _buffer);
        if (_isAtEnd)
            _armor.End(_buffer);
    }

    private bool NeedsMore() => _buffer.WrittenSpan.TrimStart(" \t\r\n"u8).Length < Armor.BeginLength;

    private async Task FillAsync(CancellationToken cancellation)
    {
        var read = await ReadAsync(_block, cancellation);
        _isAtEnd = read == 0;
        if (_armor is null)
            _buffer.Write(_block.AsSpan(0, read));
        else if (_isAtEnd)
            _armor.End(_buffer);
        else
            _armor.Add(_block.AsSpan(0, read), _buffer);
    }

    private ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellation) =>
        AgeInput.ReadAsync(stream, target, cancellation);
}
