using System.Text;

namespace Orrery.Simulation.Machines.Shell;

/// <summary>
/// Reads a script command by command, as a shell does: what stands before a mistake has run by then. The grammar is
/// that of POSIX Shell Command Language, 2.10.
/// </summary>
internal sealed partial class ScriptReader : WordReader
{
    private static readonly string[] Reserved =
        ["if", "then", "elif", "else", "fi", "while", "until", "for", "do", "done", "case", "esac", "in", "{", "}",
            "!"];

    private readonly List<(Redirect Redirect, string Delimiter, bool Strip, bool Raw)> _hereDocuments = [];

    public ScriptReader(string text, int position = 0)
        : base(text) => Position = position;

    /// <summary>The next command with all that is joined to it on its line; null at the end.</summary>
    public Command? Next()
    {
        SkipNewlines();
        if (AtEnd)
            return null;
        var line = Line;
        var commands = new List<Command>();
        while (!AtEnd && Peek() != '\n')
        {
            commands.Add(ReadListItem());
            SkipBlanks();
        }

        SkipNewline();
        return commands.Count == 1 ? commands[0] : new Sequence(line, commands);
    }

    /// <summary>Reads on to the parenthesis that closes a substitution, and says where it ends.</summary>
    public int EndOfSubstitution()
    {
        SkipNewlines();
        while (Peek() != ')')
        {
            if (AtEnd)
                throw Wrong("end of file unexpected (expecting \")\")");
            ReadListItem();
            SkipNewlines();
        }

        return Position + 1;
    }

    protected override void SkipScript() => Position = new ScriptReader(Text, Position).EndOfSubstitution();

    private Command ReadListItem()
    {
        var command = ReadAndOr();
        SkipBlanks();
        if (Peek() == '&' && Peek(1) != '&')
        {
            Position++;
            return new Background(command.Line, command);
        }

        if (Peek() == ';' && Peek(1) != ';')
            Position++;
        else if (!AtEnd && Peek() is not ('\n' or ')') && !(Peek() == ';' && Peek(1) == ';'))
            throw Unexpected();
        return command;
    }

    private Command ReadAndOr()
    {
        var left = ReadPipeline();
        for (; ; )
        {
            SkipBlanks();
            var isAnd = Peek() == '&' && Peek(1) == '&';
            if (!isAnd && !(Peek() == '|' && Peek(1) == '|'))
                return left;
            Position += 2;
            SkipNewlines();
            left = new AndOr(left.Line, left, isAnd, ReadPipeline());
        }
    }

    private Command ReadPipeline()
    {
        var line = Line;
        var negated = false;
        while (TakeReserved("!"))
            negated = !negated;
        var commands = new List<Command> { ReadCommand() };
        for (; ; )
        {
            SkipBlanks();
            if (Peek() != '|' || Peek(1) == '|')
                break;
            Position++;
            SkipNewlines();
            commands.Add(ReadCommand());
        }

        return commands.Count == 1 && !negated ? commands[0] : new Pipeline(line, commands, negated);
    }

    private Command ReadCommand()
    {
        SkipBlanks();
        var line = Line;
        var compound = ReadCompound();
        if (compound is null)
            return ReadSimple(line);
        var redirects = new List<Redirect>();
        while (ReadRedirect() is { } redirect)
            redirects.Add(redirect);
        return redirects.Count == 0 ? compound : new RedirectedCommand(line, compound, redirects);
    }

    private Command? ReadCompound()
    {
        var line = Line;
        var start = Position;
        if (Peek() == '(')
        {
            Position++;
            var body = ReadBody(")");
            return new SubshellCommand(line, body);
        }

        if (TakeReserved("if"))
            return ReadIf(line);
        if (TakeReserved("while"))
            return ReadLoop(line, start, until: false);
        if (TakeReserved("until"))
            return ReadLoop(line, start, until: true);
        if (TakeReserved("for"))
            return ReadFor(line);
        if (TakeReserved("case"))
            return ReadCase(line);
        return TakeReserved("{") ? ReadBody("}") : null;
    }

    private Sequence ReadBody(string end) => ReadBody(out _, end);

    private Sequence ReadBody(out string end, params string[] ends)
    {
        var line = Line;
        var commands = new List<Command>();
        for (; ; )
        {
            SkipNewlines();
            foreach (var candidate in ends)
            {
                if (candidate == ")" ? Peek() == ')' : IsReserved(candidate))
                {
                    if (commands.Count == 0)
                        throw Unexpected();
                    Position += candidate.Length;
                    end = candidate;
                    return new Sequence(line, commands);
                }
            }

            if (AtEnd)
                throw Wrong($"end of file unexpected (expecting \"{ends[^1]}\")");
            commands.Add(ReadListItem());
        }
    }

    private Command ReadSimple(int line)
    {
        var assignments = new List<Assignment>();
        var words = new List<Word>();
        var redirects = new List<Redirect>();
        for (; ; )
        {
            if (ReadRedirect() is { } redirect)
            {
                redirects.Add(redirect);
                continue;
            }

            if (words.Count == 0 && Reserved.Any(IsReserved))
                throw Unexpected();
            if (ReadWord() is not { } word)
                break;
            if (words.Count == 0 && AsAssignment(word) is { } assignment)
                assignments.Add(assignment);
            else
                words.Add(word);
            if (words.Count == 1 && assignments.Count == 0 && words[0].Bare is { } name && TakeFunctionMark())
                return ReadFunction(line, name);
        }

        if (assignments.Count + words.Count + redirects.Count == 0)
            throw Unexpected();
        return new SimpleCommand(line, assignments, words, redirects);
    }

    private FunctionCommand ReadFunction(int line, string name)
    {
        SkipNewlines();
        return new FunctionCommand(line, name, ReadCommand());
    }

    private bool TakeFunctionMark()
    {
        var start = Position;
        SkipBlanks();
        if (Peek() == '(')
        {
            Position++;
            SkipBlanks();
            if (Peek() == ')')
            {
                Position++;
                return true;
            }
        }

        Position = start;
        return false;
    }

    private static Assignment? AsAssignment(Word word)
    {
        if (word.Parts[0] is not LiteralPart { Quoted: false } first)
            return null;
        var equals = first.Text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0 || char.IsAsciiDigit(first.Text[0])
            || !first.Text[..equals].All(character => char.IsAsciiLetterOrDigit(character) || character == '_'))
        {
            return null;
        }

        var rest = first.Text[(equals + 1)..];
        WordPart[] head = rest.Length == 0 ? [] : [new LiteralPart(rest, false)];
        return new Assignment(first.Text[..equals], new Word([.. head, .. word.Parts.Skip(1)]));
    }

    private Redirect? ReadRedirect()
    {
        SkipBlanks();
        var start = Position;
        while (char.IsAsciiDigit(Peek()))
            Position++;
        if (Peek() is not ('<' or '>'))
        {
            Position = start;
            return null;
        }

        var number = Text[start..Position];
        var operation = Operators.First(Starts);
        Position += operation.Length;
        var descriptor = number.Length > 0 ? int.Parse(number) : operation[0] == '<' ? 0 : 1;
        var target = ReadWord() ?? throw Unexpected();
        var redirect = new Redirect(descriptor, operation == "<<-" ? "<<" : operation, target);
        if (redirect.Operation == "<<")
        {
            var delimiter = string.Concat(target.Parts.OfType<LiteralPart>().Select(part => part.Text));
            _hereDocuments.Add((redirect, delimiter, operation == "<<-", target.IsQuoted));
        }

        return redirect;
    }

    private static readonly string[] Joints = ["&&", "||", ";;"];

    private static readonly string[] Operators = ["<<-", "<<", "<&", "<>", "<", ">>", ">&", ">|", ">"];

    private bool Starts(string operation) => string.CompareOrdinal(Text, Position, operation, 0, operation.Length) == 0;

    private bool TakeReserved(string word)
    {
        if (!IsReserved(word))
            return false;
        Position += word.Length;
        return true;
    }

    private bool IsReserved(string word)
    {
        SkipBlanks();
        return Starts(word)
            && (Peek(word.Length) is '\0' or ' ' or '\t' or '\n' or ';' or '&' or '|' or '(' or ')' or '<' or '>'
            || (word is "{" or "!" && Peek(1) is ' ' or '\n' or '\t'));
    }

    private void SkipNewlines()
    {
        for (; ; )
        {
            SkipBlanks();
            if (Peek() != '\n')
                return;
            SkipNewline();
        }
    }

    private void SkipNewline()
    {
        if (Peek() == '\n')
            Position++;
        foreach (var (redirect, delimiter, strip, raw) in _hereDocuments)
            redirect.Target = ReadBodyOf(delimiter, strip, raw);
        _hereDocuments.Clear();
    }

    private Word ReadBodyOf(string delimiter, bool strip, bool raw)
    {
        var body = new StringBuilder();
        while (!AtEnd)
        {
            var end = Text.IndexOf('\n', Position);
            var line = end < 0 ? Text[Position..] : Text[Position..end];
            Position = end < 0 ? Text.Length : end + 1;
            if (strip)
                line = line.TrimStart('\t');
            if (line == delimiter)
                break;
            body.Append(line).Append('\n');
        }

        return raw ? new Word([new LiteralPart(body.ToString(), true)]) : HereDocument(body.ToString());
    }

    private ShellSyntaxException Unexpected(string? expecting = null)
    {
        SkipBlanks();
        var hint = expecting is null ? "" : $" (expecting \"{expecting}\")";
        if (AtEnd)
            return Wrong($"end of file unexpected{hint}");
        if (Peek() == '\n')
            return Wrong($"newline unexpected{hint}");
        var word = Reserved.FirstOrDefault(IsReserved)
            ?? Array.Find(Joints, Starts)
            ?? (";&|()<>".Contains(Peek(), StringComparison.Ordinal) ? Peek().ToString() : null);
        return word is null ? Wrong($"word unexpected{hint}") : Wrong($"\"{word}\" unexpected{hint}");
    }
}
