using System.Globalization;
using System.Text;

namespace Orrery.Simulation.Machines.Shell;

/// <summary>What <c>echo</c> and <c>printf</c> write.</summary>
internal static class TextFormat
{
    /// <summary>dash's echo, which also understands escapes.</summary>
    public static string Echo(IReadOnlyList<string> arguments, bool isBash)
    {
        var hasEnd = true;
        var escapes = !isBash;
        var first = 0;
        for (; first < arguments.Count && arguments[first] is "-n" or "-e" or "-ne" or "-en" or "-E"; first++)
        {
            if (!isBash && arguments[first] != "-n")
                break;
            hasEnd &= !arguments[first].Contains('n', StringComparison.Ordinal);
            escapes |= arguments[first].Contains('e', StringComparison.Ordinal);
        }

        var text = string.Join(' ', arguments.Skip(first));
        return (escapes ? Unescape(text, inFormat: false) : text) + (hasEnd ? "\n" : "");
    }

    /// <summary>Uses the format again and again until no argument is left.</summary>
    public static string Printf(string format, IReadOnlyList<string> arguments)
    {
        var text = new StringBuilder();
        var next = 0;
        do
        {
            var before = next;
            Once(text, format, arguments, ref next);
            if (next == before)
                break;
        }
        while (next < arguments.Count);
        return text.ToString();
    }

    private static void Once(StringBuilder text, string format, IReadOnlyList<string> arguments, ref int next)
    {
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] == '\\')
            {
                var length = EscapeLength(format, i, inFormat: true);
                text.Append(Unescape(format.Substring(i, length), inFormat: true));
                i += length - 1;
            }
            else if (format[i] == '%' && i + 1 < format.Length)
            {
                var start = ++i;
                while (i < format.Length && "-+ #0123456789.*".Contains(format[i], StringComparison.Ordinal))
                    i++;
                if (i >= format.Length)
                    return;
                if (format[i] == '%')
                    text.Append('%');
                else
                    text.Append(Converted(format[start..i], format[i],
                        next < arguments.Count ? arguments[next++] : null));
            }
            else
            {
                text.Append(format[i]);
            }
        }
    }

    private static string Converted(string flags, char conversion, string? argument)
    {
        var value = conversion switch
        {
            'b' => Unescape(argument ?? "", inFormat: false),
            'c' => argument is { Length: > 0 } ? argument[..1] : "",
            'd' or 'i' or 'u' => Number(argument).ToString(CultureInfo.InvariantCulture),
            'x' => Number(argument).ToString("x", CultureInfo.InvariantCulture),
            'X' => Number(argument).ToString("X", CultureInfo.InvariantCulture),
            'o' => Convert.ToString(Number(argument), 8),
            'q' => Quoted(argument ?? ""),
            _ => argument ?? "",
        };
        var parts = flags.TrimStart('-', '0', '+', ' ').Split('.');
        if (conversion is 's' && parts.Length > 1 && int.TryParse(parts[1], out var precision)
            && precision < value.Length)
            value = value[..precision];
        if (!int.TryParse(parts[0], out var width))
            return value;
        if (flags.StartsWith('-'))
            return value.PadRight(width);
        return value.PadLeft(width, flags.StartsWith('0') && conversion is not ('s' or 'b') ? '0' : ' ');
    }

    /// <summary>The text as one word of a script.</summary>
    public static string Quoted(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    private static long Number(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return 0;
        if (text.Length > 1 && text[0] == '0' && text.All(char.IsAsciiDigit))
            return Convert.ToInt64(text, 8);
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
            : 0;
    }

    private static int EscapeLength(string text, int start, bool inFormat)
    {
        if (start + 1 >= text.Length)
            return 1;
        var digits = start + (inFormat || text[start + 1] != '0' ? 1 : 2);
        var end = digits;
        while (end < text.Length && end < digits + 3 && text[end] is >= '0' and <= '7')
            end++;
        return Math.Max(2, end - start);
    }

    private static string Unescape(string text, bool inFormat)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 >= text.Length)
            {
                result.Append(text[i]);
                continue;
            }

            var length = EscapeLength(text, i, inFormat);
            var digits = text.Substring(i + 1, length - 1);
            result.Append(digits[0] switch
            {
                'n' => "\n",
                't' => "\t",
                'r' => "\r",
                '\\' => "\\",
                'a' => "\a",
                'b' => "\b",
                'f' => "\f",
                'v' => "\v",
                'e' => "\u001b",
                '"' when inFormat => "\"",
                >= '0' and <= '7' => ((char)Convert.ToInt32(digits, 8)).ToString(),
                _ => text.Substring(i, length),
            });
            i += length - 1;
        }

        return result.ToString();
    }
}
