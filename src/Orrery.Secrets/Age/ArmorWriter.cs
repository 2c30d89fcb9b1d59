using System.Buffers;
using System.Buffers.Text;

namespace Orrery.Secrets.Age;

/// <summary>Writes armor piece by piece.</summary>
public sealed class ArmorWriter
{
    private readonly byte[] _line = new byte[Armor.BytesPerLine];
    private int _length;
    private bool _hasBegun;

    public void Add(ReadOnlySpan<byte> bytes, IBufferWriter<byte> text)
    {
        BeginOnce(text);
        if (_length > 0)
        {
            var missing = Math.Min(_line.Length - _length, bytes.Length);
            bytes[..missing].CopyTo(_line.AsSpan(_length));
            _length += missing;
            bytes = bytes[missing..];
            if (_length < _line.Length)
                return;
            WriteLine(_line, text);
        }

        for (; bytes.Length >= _line.Length; bytes = bytes[_line.Length..])
            WriteLine(bytes[.._line.Length], text);
        bytes.CopyTo(_line);
        _length = bytes.Length;
    }

    /// <summary>The last line of the content, and the closing one.</summary>
    public void End(IBufferWriter<byte> text)
    {
        BeginOnce(text);
        if (_length > 0)
            WriteLine(_line.AsSpan(0, _length), text);
        text.Write(Armor.End);
        text.Write("\n"u8);
    }

    private void BeginOnce(IBufferWriter<byte> text)
    {
        if (_hasBegun)
            return;
        _hasBegun = true;
        text.Write(Armor.Begin);
        text.Write("\n"u8);
    }

    private static void WriteLine(ReadOnlySpan<byte> bytes, IBufferWriter<byte> text)
    {
        var target = text.GetSpan(Armor.Columns + 1);
        Base64.EncodeToUtf8(bytes, target, out _, out var written);
        target[written] = (byte)'\n';
        text.Advance(written + 1);
    }
}
