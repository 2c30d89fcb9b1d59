namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>Splits an expression into words, numbers, quoted texts and signs.</summary>
internal static class ExpressionTokens
{
    private static readonly string[] Signs =
        ["==", "!=", "<=", ">=", "&&", "||", "(", ")", "[", "]", ".", ",", "?", ":", "!", "<", ">", "+", "-"];

    /// <summary>Null where something stands in it that is not known.</summary>
    public static List<string>? Of(string text)
    {
        var tokens = new List<string>();
        var at = 0;
        while (at < text.Length)
        {
            var c = text[at];
            if (char.IsWhiteSpace(c))
            {
                at++;
                continue;
            }

            var length = c is '"' or '\'' ? Quoted(text, at)
                : char.IsAsciiLetterOrDigit(c) || c == '_' ? Word(text, at)
                : Signs.FirstOrDefault(sign => text.AsSpan(at).StartsWith(sign, StringComparison.Ordinal))?.Length ?? 0;
            if (length == 0)
                return null;
            tokens.Add(text.Substring(at, length));
            at += length;
        }

        return tokens;
    }

    /// <summary>Where the operand that starts here ends: before the next operator of its own level.</summary>
    public static int EndOfOperand(List<string> tokens, int start)
    {
        var depth = 0;
        for (var i = start; i < tokens.Count; i++)
        {
            if (depth == 0 && tokens[i] is "&&" or "||" or "?" or ":" or ")" or "]" or ",")
                return i;
            depth += tokens[i] is "(" or "[" ? 1 : tokens[i] is ")" or "]" ? -1 : 0;
        }

        return tokens.Count;
    }

    private static int Word(string text, int at)
    {
        var end = at;
        var isNumber = char.IsAsciiDigit(text[at]);
        while (end < text.Length
            && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_' || (isNumber && text[end] == '.')))
        {
            end++;
        }

        return end - at;
    }

    private static int Quoted(string text, int at)
    {
        var end = text.IndexOf(text[at], at + 1);
        return end < 0 || text.AsSpan(at, end - at).Contains('\\') ? 0 : end - at + 1;
    }
}
