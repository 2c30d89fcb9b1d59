using System.Text;

namespace Orrery.Simulation.ArgoCd.Lua;

/// <summary>What a token is.</summary>
internal enum LuaTokenKind
{
    Name,
    Word,
    Number,
    Text,
    Symbol,
    End,
}

internal readonly record struct LuaToken(LuaTokenKind Kind, string Text, int Line);

/// <summary>A script as tokens, without comments.</summary>
internal static class LuaTokens
{
    private static readonly HashSet<string> Words = new(StringComparer.Ordinal)
    {
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local", "nil", "not",
        "or", "return", "then", "true", "while",
    };

    private static readonly string[] Symbols =
    [
        "...", "..", "==", "~=", "<=", ">=", "<", ">", "=", "(", ")", "{", "}", "[", "]", ";", ":", ",", ".", "+", "-",
        "*", "/", "%", "#",
    ];

    public static List<LuaToken> Read(string text)
    {
        var tokens = new List<LuaToken>();
        var (at, line) = (0, 1);
        while (at < text.Length)
        {
            var character = text[at];
            if (character == '\n')
                line++;
            if (char.IsWhiteSpace(character))
                at++;
            else if (text.AsSpan(at).StartsWith("--"))
                at = End(text, at);
            else if (char.IsAsciiLetter(character) || character == '_')
                at = Take(text, at, c => char.IsAsciiLetterOrDigit(c) || c == '_', word => tokens.Add(new(
                    Words.Contains(word) ? LuaTokenKind.Word : LuaTokenKind.Name, word, line)));
            else if (char.IsAsciiDigit(character))
                at = Take(text, at, c => char.IsAsciiDigit(c) || c == '.', number => tokens.Add(new(
                    LuaTokenKind.Number, number, line)));
            else if (character is '"' or '\'')
                at = Quoted(text, at, line, tokens);
            else
                at = Symbol(text, at, line, tokens);
        }

        tokens.Add(new LuaToken(LuaTokenKind.End, "", line));
        return tokens;
    }

    private static int End(string text, int at)
    {
        if (text.AsSpan(at).StartsWith("--[["))
            throw new LuaException("long comments are not simulated");
        var end = text.IndexOf('\n', at);
        return end < 0 ? text.Length : end;
    }

    private static int Take(string text, int at, Func<char, bool> belongs, Action<string> add)
    {
        var end = at;
        while (end < text.Length && belongs(text[end]))
            end++;
        add(text[at..end]);
        return end;
    }

    private static int Quoted(string text, int at, int line, List<LuaToken> tokens)
    {
        var content = new StringBuilder();
        for (var i = at + 1; i < text.Length; i++)
        {
            if (text[i] == text[at])
            {
                tokens.Add(new LuaToken(LuaTokenKind.Text, content.ToString(), line));
                return i + 1;
            }

            if (text[i] == '\\' && i + 1 < text.Length)
            {
                i++;
                content.Append(text[i] switch { 'n' => '\n', 't' => '\t', var other => other });
            }
            else
            {
                content.Append(text[i]);
            }
        }

        throw new LuaException($"line {line}: unfinished string");
    }

    private static int Symbol(string text, int at, int line, List<LuaToken> tokens)
    {
        foreach (var symbol in Symbols)
        {
            if (!text.AsSpan(at).StartsWith(symbol))
                continue;
            tokens.Add(new LuaToken(LuaTokenKind.Symbol, symbol, line));
            return at + symbol.Length;
        }

        throw new LuaException($"line {line}: unexpected symbol near '{text[at]}'");
    }
}
