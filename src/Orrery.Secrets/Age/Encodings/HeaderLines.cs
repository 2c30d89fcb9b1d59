using System.Text;

namespace Orrery.Secrets.Age.Encodings;

/// <summary>Reads a header line by line: visible ASCII and spaces, each line ended by one line feed.</summary>
internal ref struct HeaderLines(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>How many bytes have been read.</summary>
    public int Position { get; private set; }

    public string Next()
    {
        var length = _bytes[Position..].IndexOf((byte)'\n');
        if (length < 0)
            throw AgeHeader.Malformed("it ends too early");

        var line = _bytes.Slice(Position, length);
        if (line.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            throw AgeHeader.Malformed("it has a character that is not visible ASCII");
        Position += length + 1;
        return Encoding.ASCII.GetString(line);
    }
}
