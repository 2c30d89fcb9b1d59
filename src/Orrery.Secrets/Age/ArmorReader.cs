using System.Buffers;
using System.Buffers.Text;

namespace Orrery.Secrets.Age;

/// <summary>Reads armor piece by piece. What it gives before it refuses is of the file, as far as it goes.</summary>
public sealed class ArmorReader
{
    // No line of armor is longer; one that is need not be kept to be refused.
    private const int LineBytesMax = 256;

    private static readonly SearchValues<byte> Letters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="u8);

    private readonly byte[] _line = new byte[LineBytesMax];
    private int _length;
    private Place _place;
    private bool _isAtLastLine;

    private enum Place
    {
        Before,
        Within,
        Behind,
    }

    /// <summary>Refuses with an <see cref="AgeException"/>.</summary>
    public void Add(ReadOnlySpan<byte> text, IBufferWriter<byte> file)
    {
        while (true)
        {
            var end = text.IndexOf((byte)'\n');
            if (end < 0)
            {
                Keep(text);
                return;
            }

            if (_length == 0)
            {
                ReadLine(text[..end], file);
            }
            else
            {
                Keep(text[..end]);
                ReadLine(_line.AsSpan(0, _length), file);
                _length = 0;
            }

            text = text[(end + 1)..];
        }
    }

    /// <summary>There is no more.</summary>
    public void End(IBufferWriter<byte> file)
    {
        ReadLine(_line.AsSpan(0, _length), file);
        if (_place == Place.Before)
            throw NoBegin();
        if (_place == Place.Within)
            throw Refused("it has no -----END AGE ENCRYPTED FILE----- line");
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        if (_length + part.Length > LineBytesMax)
            throw Refused("it has a line that is too long");
        part.CopyTo(_line.AsSpan(_length));
        _length += part.Length;
    }

    private void ReadLine(ReadOnlySpan<byte> line, IBufferWriter<byte> file)
    {
        if (line.EndsWith("\r"u8))
            line = line[..^1];
        switch (_place)
        {
            // Blank lines may stand before and behind; the BEGIN and END lines themselves are exact.
            case Place.Before when line.SequenceEqual(Armor.Begin):
                _place = Place.Within;
                break;
            case Place.Within when line.SequenceEqual(Armor.End):
                _place = Place.Behind;
                break;
            case Place.Within:
                ReadContent(line, file);
                break;
            default:
                if (!line.Trim(" \t\r"u8).IsEmpty)
                    throw _place == Place.Before ? NoBegin() : Refused("something follows its last line");
                break;
        }
    }

    private void ReadContent(ReadOnlySpan<byte> line, IBufferWriter<byte> file)
    {
        if (_isAtLastLine || line.Length > Armor.Columns)
            throw Refused("a line within it does not have 64 columns");
        if (line.IsEmpty)
            throw Refused("it has an empty line within");

        var bytes = file.GetSpan(Armor.BytesPerLine);
        if (line.ContainsAnyExcept(Letters)
            || Base64.DecodeFromUtf8(line, bytes, out _, out var length) != OperationStatus.Done)
            throw NotCanonical();
        if (length < Armor.BytesPerLine)
        {
            // The framework skips stray low bits; only what we would write ourselves is canonical.
            Span<byte> again = stackalloc byte[Armor.Columns];
            Base64.EncodeToUtf8(bytes[..length], again, out _, out var written);
            if (!line.SequenceEqual(again[..written]))
                throw NotCanonical();
            _isAtLastLine = true;
        }

        file.Advance(length);
    }

    private static AgeException NotCanonical() => Refused("it is not canonical base64");

    private static AgeException NoBegin() => Refused("its first line is not -----BEGIN AGE ENCRYPTED FILE-----");

    private static AgeException Refused(string why) => new(AgeFailure.Armor, $"the age armor is malformed: {why}");
}
