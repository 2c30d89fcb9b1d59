using System.Text;

namespace Orrery.Secrets.Age;

/// <summary>
/// An age file as text: strict PEM (RFC 7468), accepted in one form only, so that it is not malleable.
/// </summary>
public static class Armor
{
    private const string Begin = "-----BEGIN AGE ENCRYPTED FILE-----";
    private const string End = "-----END AGE ENCRYPTED FILE-----";
    private const int Columns = 64;

    public static bool IsArmored(ReadOnlySpan<byte> file) =>
        file.TrimStart(" \t\r\n"u8).StartsWith(Encoding.ASCII.GetBytes(Begin));

    /// <summary>The text, each line and the last ended by a line feed.</summary>
    public static string Encode(ReadOnlySpan<byte> file)
    {
        var text = new StringBuilder(Begin).Append('\n');
        var base64 = Convert.ToBase64String(file);
        for (var start = 0; start < base64.Length; start += Columns)
            text.Append(base64.AsSpan(start, Math.Min(Columns, base64.Length - start))).Append('\n');
        return text.Append(End).Append('\n').ToString();
    }

    /// <summary>The binary file; white space around it and CRLF are allowed, nothing else that differs.</summary>
    public static byte[] Decode(ReadOnlySpan<byte> text)
    {
        if (!Ascii.IsValid(text))
            throw Refused("it has a character that is not ASCII");
        return Decode(Encoding.ASCII.GetString(text));
    }

    /// <inheritdoc cref="Decode(ReadOnlySpan{byte})"/>
    public static byte[] Decode(string text)
    {
        // Blank lines may stand before and behind; the BEGIN and END lines themselves are exact.
        var lines = text.Split('\n').Select(WithoutCarriageReturn).SkipWhile(IsBlank).ToArray();
        if (lines.Length == 0 || lines[0] != Begin)
            throw Refused($"its first line is not {Begin}");
        var end = Array.IndexOf(lines, End);
        if (end < 0)
            throw Refused($"it has no {End} line");
        if (!lines.Skip(end + 1).All(IsBlank))
            throw Refused("something follows its last line");
        return DecodeBody(lines.AsSpan(1, end - 1));
    }

    private static byte[] DecodeBody(ReadOnlySpan<string> lines)
    {
        if (lines.IsEmpty)
            return [];
        foreach (var line in lines[..^1])
        {
            if (line.Length != Columns)
                throw Refused("a line within it does not have 64 columns");
        }

        if (lines[^1].Length is 0 or > Columns)
            throw Refused("its last line does not have 1 to 64 columns");

        var base64 = string.Concat(lines);
        var bytes = new byte[(base64.Length / 4 * 3) + 3];
        // The framework skips white space and stray low bits; only what we would write ourselves is canonical.
        if (!Convert.TryFromBase64String(base64, bytes, out var length)
            || Convert.ToBase64String(bytes.AsSpan(0, length)) != base64)
            throw Refused("it is not canonical base64");
        return bytes[..length];
    }

    private static string WithoutCarriageReturn(string line) => line.EndsWith('\r') ? line[..^1] : line;

    private static bool IsBlank(string line) => line.AsSpan().Trim(" \t\r").IsEmpty;

    private static AgeException Refused(string why) => new(AgeFailure.Armor, $"the age armor is malformed: {why}");
}
