using System.Text;

namespace Orrery.Simulation.Talos.Api;

/// <summary>
/// A message of protobuf by the numbers of its fields: https://protobuf.dev/programming-guides/encoding. What a field
/// is called, and of which type it is, knows whoever reads it.
/// </summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> _fields = [];

    /// <exception cref="FormatException">It is no message.</exception>
    public static ProtoMessage Read(ReadOnlyMemory<byte> content)
    {
        var message = new ProtoMessage();
        var at = 0;
        while (at < content.Length)
        {
            var tag = Number(content.Span, ref at);
            var field = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    message._fields.Add((field, Number(content.Span, ref at), default));
                    break;
                case 1:
                    at += 8;
                    break;
                case 2:
                    var length = Number(content.Span, ref at);
                    if (length > (ulong)(content.Length - at))
                        throw new FormatException("a field ends beyond its message");
                    message._fields.Add((field, 0, content.Slice(at, (int)length)));
                    at += (int)length;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    throw new FormatException("a field of an unknown shape");
            }
        }

        return message;
    }

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field).Span);

    public ReadOnlyMemory<byte> Bytes(int field) => _fields.FindLast(each => each.Field == field).Bytes;

    public ulong Number(int field) => _fields.FindLast(each => each.Field == field).Number;

    public bool Flag(int field) => Number(field) != 0;

    public ProtoMessage Message(int field) => Read(Bytes(field));

    public IEnumerable<ProtoMessage> Messages(int field) =>
        _fields.Where(each => each.Field == field).Select(each => Read(each.Bytes));

    private static ulong Number(ReadOnlySpan<byte> content, ref int at)
    {
        var (number, shift) = (0UL, 0);
        while (at < content.Length && shift < 64)
        {
            var next = content[at++];
            number |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return number;
            shift += 7;
        }

        throw new FormatException("a number without an end");
    }
}

/// <summary>Writes a message field by field; what is empty is left out, as protobuf does.</summary>
internal sealed class ProtoWriter
{
    private readonly List<byte> _content = [];

    public ProtoWriter Add(int field, ulong number)
    {
        if (number == 0)
            return this;
        Number((ulong)field << 3);
        Number(number);
        return this;
    }

    public ProtoWriter Add(int field, bool flag) => Add(field, flag ? 1UL : 0UL);

    public ProtoWriter Add(int field, string text) =>
        text.Length == 0 ? this : Add(field, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text));

    public ProtoWriter Add(int field, ReadOnlyMemory<byte> bytes)
    {
        Number(((ulong)field << 3) | 2);
        Number((ulong)bytes.Length);
        _content.AddRange(bytes.Span);
        return this;
    }

    public ProtoWriter Add(int field, ProtoWriter message) => Add(field, (ReadOnlyMemory<byte>)message.ToArray());

    public byte[] ToArray() => [.. _content];

    private void Number(ulong number)
    {
        while (number >= 0x80)
        {
            _content.Add((byte)(number | 0x80));
            number >>= 7;
        }

        _content.Add((byte)number);
    }
}
