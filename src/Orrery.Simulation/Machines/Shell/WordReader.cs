using System.Text;

namespace Orrery.Simulation.Machines.Shell;

/// <summary>Reads words, with their quoting and expansions: POSIX Shell Command Language, 2.2, 2.3 and 2.6.</summary>
internal abstract class WordReader(string text)
{
    private const string Breaks = " \t\n;&|<>()";

    protected string Text => text;

    protected int Position { get; set; }

    protected int Line => 1 + text.AsSpan(0, Math.Min(Position, text.Length)).Count('\n');

    protected char Peek(int ahead = 0) => Position + ahead < text.Length ? text[Position + ahead] : '\0';

    protected bool AtEnd => Position >= text.Length;

    protected ShellSyntaxException Wrong(string what) => new($"Syntax error: {what}", Line);

    /// <summary>Blanks, joined lines and comments.</summary>
    protected void SkipBlanks()
    {
        for (; ; )
        {
            if (Peek() is ' ' or '\t' or '\r')
                Position++;
            else if (Peek() == '\\' && Peek(1) == '\n')
                Position += 2;
            else
                break;
        }

        if (Peek() == '#')
        {
            while (!AtEnd && Peek() != '\n')
                Position++;
        }
    }

    /// <summary>The word that starts here, or null where none does.</summary>
    protected Word? ReadWord()
    {
        SkipBlanks();
        if (AtEnd || Breaks.Contains(Peek(), StringComparison.Ordinal))
            return null;
        return new Word(ReadParts(static character => Breaks.Contains(character, StringComparison.Ordinal)));
    }

    /// <summary>The body of a here-document: expansions, and nothing else is special.</summary>
    public static Word HereDocument(string body)
    {
        var reader = new BodyReader(body);
        return new Word(reader.Parts());
    }

    private List<WordPart> ReadParts(Func<char, bool> ends)
    {
        var parts = new List<WordPart>();
        var literal = new StringBuilder();
        void Flush()
        {
            if (literal.Length > 0)
                parts.Add(new LiteralPart(literal.ToString(), false));
            literal.Clear();
        }

        while (!AtEnd && !ends(Peek()))
        {
            var character = text[Position];
            if (character == '\\')
            {
                Position++;
                if (AtEnd)
                {
                    literal.Append('\\');
                }
                else if (text[Position++] is var escaped && escaped != '\n')
                {
                    Flush();
                    parts.Add(new LiteralPart(escaped.ToString(), true));
                }
            }
            else if (character == '\'')
            {
                Flush();
                parts.Add(new LiteralPart(Until('\''), true));
            }
            else if (character == '"')
            {
                Flush();
                Position++;
                ReadQuoted(parts, static next => next == '"');
                if (AtEnd)
                    throw Wrong("Unterminated quoted string");
                Position++;
            }
            else if ((character == '$' || character == '`') && ReadExpansion(false) is { } expansion)
            {
                Flush();
                parts.Add(expansion);
            }
            else
            {
                literal.Append(character);
                Position++;
            }
        }

        Flush();
        return parts;
    }

    private string Until(char quote)
    {
        var end = text.IndexOf(quote, Position + 1);
        if (end < 0)
            throw Wrong("Unterminated quoted string");
        var inner = text[(Position + 1)..end];
        Position = end + 1;
        return inner;
    }

    private protected void ReadQuoted(List<WordPart> parts, Func<char, bool> ends, string escapable = "$`\"\\")
    {
        var literal = new StringBuilder();
        var before = parts.Count;
        while (!AtEnd && !ends(Peek()))
        {
            if (Peek() == '\\' && Peek(1) == '\n')
            {
                Position += 2;
            }
            else if (Peek() == '\\' && escapable.Contains(Peek(1), StringComparison.Ordinal))
            {
                literal.Append(Peek(1));
                Position += 2;
            }
            else if (Peek() == '"' && ends('}'))
            {
                // Inside of braces that are quoted already, quotes only come and go.
                Position++;
            }
            else if (Peek() is '$' or '`' && ReadExpansion(true) is { } expansion)
            {
                if (literal.Length > 0)
                    parts.Add(new LiteralPart(literal.ToString(), true));
                literal.Clear();
                parts.Add(expansion);
            }
            else
            {
                literal.Append(text[Position++]);
            }
        }

        if (literal.Length > 0 || parts.Count == before)
            parts.Add(new LiteralPart(literal.ToString(), true));
    }

    private WordPart? ReadExpansion(bool quoted)
    {
        if (Peek() == '`')
            return new SubstitutionPart(ReadBackquoted(), quoted);
        var next = Peek(1);
        if (next == '(' && Peek(2) == '(' && ArithmeticEnd() is { } end)
        {
            var inner = text[(Position + 3)..end];
            Position = end + 2;
            return new ArithmeticPart(HereDocument(inner), quoted);
        }

        if (next == '(')
        {
            Position += 2;
            var start = Position;
            SkipScript();
            return new SubstitutionPart(text[start..(Position - 1)], quoted);
        }

        if (next == '{')
            return ReadBraced(quoted);
        if (char.IsAsciiLetter(next) || next == '_')
        {
            Position++;
            return new ParameterPart(ReadName(), "", null, quoted);
        }

        if (!char.IsAsciiDigit(next) && !"@*#?-$!".Contains(next, StringComparison.Ordinal))
            return null;
        Position += 2;
        return new ParameterPart(next.ToString(), "", null, quoted);
    }

    private string ReadBackquoted()
    {
        var script = new StringBuilder();
        for (Position++; Peek() != '`'; Position++)
        {
            if (AtEnd)
                throw Wrong("EOF in backquote substitution");
            if (Peek() == '\\' && Peek(1) is '`' or '$' or '\\' && Peek() == '\\')
                Position++;
            script.Append(Peek());
        }

        Position++;
        return script.ToString();
    }

    private ParameterPart ReadBraced(bool quoted)
    {
        Position += 2;
        if (Peek() == '#' && Peek(1) != '}')
        {
            Position++;
            var measured = ReadParameterName();
            Expect('}');
            return new ParameterPart(measured, "length", null, quoted);
        }

        var name = ReadParameterName();
        var start = Position;
        if (Peek() == ':' && "-=?+".Contains(Peek(1), StringComparison.Ordinal))
            Position += 2;
        else if ((Peek() == '%' && Peek(1) == '%') || (Peek() == '#' && Peek(1) == '#'))
            Position += 2;
        else if ("-=?+%#".Contains(Peek(), StringComparison.Ordinal))
            Position++;
        var operation = text[start..Position];
        if (operation.Length == 0)
        {
            Expect('}');
            return new ParameterPart(name, "", null, quoted);
        }

        var parts = new List<WordPart>();
        if (quoted && operation[^1] is not ('%' or '#'))
            ReadQuoted(parts, static character => character == '}');
        else
            parts = ReadParts(static character => character == '}');
        Expect('}');
        return new ParameterPart(name, operation, new Word(parts), quoted);
    }

    private string ReadParameterName()
    {
        if (char.IsAsciiLetter(Peek()) || Peek() == '_')
            return ReadName();
        var start = Position;
        while (char.IsAsciiDigit(Peek()))
            Position++;
        if (Position == start && "@*#?-$!".Contains(Peek(), StringComparison.Ordinal))
            Position++;
        return Position > start ? text[start..Position] : throw Wrong("Bad substitution");
    }

    private string ReadName()
    {
        var start = Position;
        while (char.IsAsciiLetterOrDigit(Peek()) || Peek() == '_')
            Position++;
        return text[start..Position];
    }

    private void Expect(char character)
    {
        if (Peek() != character)
            throw Wrong(AtEnd ? $"Missing '{character}'" : "Bad substitution");
        Position++;
    }

    /// <summary>Where the two closing parentheses of an arithmetic expansion stand; null when it is none.</summary>
    private int? ArithmeticEnd()
    {
        var depth = 0;
        for (var i = Position + 3; i < text.Length; i++)
        {
            if (text[i] == '(')
                depth++;
            else if (text[i] == ')' && depth > 0)
                depth--;
            else if (text[i] == ')')
                return i + 1 < text.Length && text[i + 1] == ')' ? i : null;
        }

        return null;
    }

    /// <summary>Reads a whole script up to and with the parenthesis that closes it.</summary>
    protected abstract void SkipScript();

    private sealed class BodyReader(string body) : WordReader(body)
    {
        public List<WordPart> Parts()
        {
            var parts = new List<WordPart>();
            ReadQuoted(parts, static _ => false, "$`\\");
            return parts;
        }

        protected override void SkipScript()
        {
            var inner = new ScriptReader(Text, Position);
            Position = inner.EndOfSubstitution();
        }
    }
}
