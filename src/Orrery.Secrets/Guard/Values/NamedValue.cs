using System.Buffers;
using System.Runtime.InteropServices;

namespace Orrery.Secrets.Guard.Values;

/// <summary>A value and what it is called, as configuration files and programs write it.</summary>
/// <param name="Name">Where the name stands in the text.</param>
/// <param name="Value">Where the value stands, without quotes.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct NamedValue(Range Name, Range Value)
{
    private const int NameMax = 100;
    private const int ValueMax = 4096;

    private static readonly SearchValues<char> EndsOfPlain = SearchValues.Create(" \t\r\n\"'<>");

    // What may stand unquoted only where all is text: in a program it is an expression.
    private static readonly string[] Programs =
    [
        ".cs", ".go", ".py", ".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx", ".java", ".kt", ".rs", ".c", ".h", ".cpp",
        ".rb", ".php", ".swift", ".scala", ".lua", ".md", ".html", ".css", ".xml", ".sql", ".proto", ".zig", ".txt",
    ];

    /// <summary>Whether a file is a program, by its name's end.</summary>
    public static bool IsProgram(string path) =>
        Array.Exists(Programs, end => path.EndsWith(end, StringComparison.OrdinalIgnoreCase));

    /// <summary>What a name that has a word in it is given; null where it is given nothing that we can read.</summary>
    /// <param name="at">Where the word stands, which may be a part of the name.</param>
    public static NamedValue? Find(ReadOnlySpan<char> text, int at, bool isProgram)
    {
        // A word that is the whole name begins with its quote.
        if (text[at] == '"')
            at++;
        var (start, end) = (at, at);
        while (start > 0 && at - start < NameMax && IsOfName(text[start - 1]))
            start--;
        while (end < text.Length && end - at < NameMax && IsOfName(text[end]))
            end++;
        var next = end;
        if (next < text.Length && text[next] is '"' or '\'' or '`')
            next++;
        if (next < text.Length && text[next] == ']')
            next++;
        next = Spaces(text, next);
        return (Separator(text, next, isQuoted: next > end) is var value and > 0
            ? ValueAt(text, value, isProgram)
            : ValueOnNextLine(text, next)) is { } range
            ? new NamedValue(start..end, range)
            : null;
    }

    private static bool IsOfName(char character) => Alphabets.IsWord(character) || character is '-' or '.';

    private static int Spaces(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t')
            at++;
        return at;
    }

    /// <summary>Where what follows a separator begins; 0 where there is none.</summary>
    private static int Separator(ReadOnlySpan<char> text, int at, bool isQuoted)
    {
        if (at >= text.Length)
            return 0;
        var width = text[at..] switch
        {
            [':', '=', ..] or ['=', '>', ..] or ['=', '=', ..] => 2,
            [':' or '=' or '>', ..] => 1,
            // Two texts beside each other: setenv("NAME", "value").
            [',', ..] when isQuoted => 1,
            _ => 0,
        };
        return width == 0 ? 0 : Spaces(text, at + width);
    }

    private static Range? ValueAt(ReadOnlySpan<char> text, int at, bool isProgram)
    {
        // Prefixes of texts in programs: @"", $"", b"", r"".
        if (at + 1 < text.Length && text[at] is '@' or '$' or 'b' or 'r' or 'f' && text[at + 1] is '"' or '\'')
            at++;
        if (at >= text.Length)
            return null;
        var rest = text[at..Math.Min(text.Length, at + ValueMax)];
        if (rest[0] is '"' or '\'' or '`')
        {
            var close = rest[1..].IndexOfAny(rest[0], '\n');
            return close > 0 && rest[close + 1] == rest[0] ? (at + 1)..(at + 1 + close) : null;
        }

        var end = rest.IndexOfAny(EndsOfPlain);
        var value = (end < 0 ? rest : rest[..end]).TrimEnd(",;)}]");
        return isProgram && text[at - 1] != '>' || value.IsEmpty ? null : at..(at + value.Length);
    }

    /// <summary>As in a container's environment: a name on one line and its value on the next.</summary>
    private static Range? ValueOnNextLine(ReadOnlySpan<char> text, int at)
    {
        const string Key = "value";
        if (at < text.Length && text[at] == ',')
            at++;
        if (at < text.Length && text[at] == '\r')
            at++;
        if (at >= text.Length || text[at] != '\n')
            return null;
        at = Spaces(text, at + 1);
        if (at < text.Length && text[at] == '"')
            at++;
        if (!text[at..].StartsWith(Key))
            return null;
        at += Key.Length;
        if (at < text.Length && text[at] == '"')
            at++;
        return at < text.Length && text[at] == ':' ? ValueAt(text, Spaces(text, at + 1), isProgram: false) : null;
    }
}
