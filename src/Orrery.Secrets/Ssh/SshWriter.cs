using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Orrery.Secrets.Ssh;

/// <summary>The data types of SSH as bytes: RFC 4251, section 5.</summary>
internal sealed class SshWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public int Length => _bytes.WrittenCount;

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    public void Byte(byte value) => _bytes.Write([value]);

    public void UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_bytes.GetSpan(sizeof(uint)), value);
        _bytes.Advance(sizeof(uint));
    }

    /// <summary>Bytes without their length before them.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    /// <summary>A string of bytes.</summary>
    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        UInt32((uint)bytes.Length);
        Raw(bytes);
    }

    public void Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    /// <summary>A positive number in as few bytes as it needs.</summary>
    public void MultiPrecision(ReadOnlySpan<byte> number)
    {
        var trimmed = number.TrimStart((byte)0);
        Bytes(trimmed.Length > 0 && trimmed[0] >= 0x80 ? [0, .. trimmed] : trimmed.ToArray());
    }
}
