using System.Buffers;
using System.Text;

namespace Orrery.Secrets.Age;

/// <summary>
/// An age file as text: strict PEM (RFC 7468), accepted in one form only, so that it is not malleable.
/// </summary>
public static class Armor
{
    internal const int Columns = 64;
    internal const int BytesPerLine = Columns / 4 * 3;

    /// <summary>So much of a file is needed to tell, white space before it not counted.</summary>
    public static int BeginLength => Begin.Length;

    internal static ReadOnlySpan<byte> Begin => "-----BEGIN AGE ENCRYPTED FILE-----"u8;

    internal static ReadOnlySpan<byte> End => "-----END AGE ENCRYPTED FILE-----"u8;

    /// <summary>Told from the beginning of a file.</summary>
    public static bool IsArmored(ReadOnlySpan<byte> file) => file.TrimStart(" \t\r\n"u8).StartsWith(Begin);

    /// <summary>The text, each line and the last ended by a line feed.</summary>
    public static string Encode(ReadOnlySpan<byte> file)
    {
        var (writer, text) = (new ArmorWriter(), new ArrayBufferWriter<byte>());
        writer.Add(file, text);
        writer.End(text);
        return Encoding.ASCII.GetString(text.WrittenSpan);
    }

    /// <summary>The binary file; white space around it and CRLF are allowed, nothing else that differs.</summary>
    public static byte[] Decode(ReadOnlySpan<byte> text)
    {
        var (reader, file) = (new ArmorReader(), new ArrayBufferWriter<byte>());
        reader.Add(text, file);
        reader.End(file);
        return file.WrittenSpan.ToArray();
    }

    /// <inheritdoc cref="Decode(ReadOnlySpan{byte})"/>
    public static byte[] Decode(string text) => Decode(Encoding.UTF8.GetBytes(text));
}
