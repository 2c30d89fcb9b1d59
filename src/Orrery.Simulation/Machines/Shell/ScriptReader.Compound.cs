namespace Orrery.Simulation.Machines.Shell;

/// <summary>Compound commands: if, while, for, case.</summary>
internal sealed partial class ScriptReader
{
    private IfCommand ReadIf(int line)
    {
        var branches = new List<(Command, Command)>();
        Command? otherwise = null;
        for (; ; )
        {
            var condition = ReadBody("then");
            var body = ReadBody(out var end, "elif", "else", "fi");
            branches.Add((condition, body));
            if (end == "else")
                otherwise = ReadBody("fi");
            if (end != "elif")
                return new IfCommand(line, branches, otherwise);
        }
    }

    private LoopCommand ReadLoop(int line, int start, bool until)
    {
        var condition = ReadBody("do");
        var text = Text[start..Position].Split('\n')[0].TrimEnd();
        return new LoopCommand(line, condition, until, ReadBody("done"), text);
    }

    private ForCommand ReadFor(int line)
    {
        var name = ReadWord()?.Bare ?? throw Wrong("Bad for loop variable");
        SkipNewlines();
        List<Word>? words = null;
        if (TakeReserved("in"))
        {
            words = [];
            while (ReadWord() is { } word)
                words.Add(word);
        }

        SkipBlanks();
        if (Peek() == ';')
            Position++;
        SkipNewlines();
        if (!TakeReserved("do"))
            throw Unexpected("do");
        return new ForCommand(line, name, words, ReadBody("done"));
    }

    private CaseCommand ReadCase(int line)
    {
        var subject = ReadWord() ?? throw Unexpected();
        SkipNewlines();
        if (!TakeReserved("in"))
            throw Unexpected("in");
        var arms = new List<(IReadOnlyList<Word>, Command?)>();
        for (; ; )
        {
            SkipNewlines();
            if (TakeReserved("esac"))
                return new CaseCommand(line, subject, arms);
            if (Peek() == '(')
                Position++;
            var patterns = new List<Word> { ReadWord() ?? throw Unexpected() };
            SkipBlanks();
            while (Peek() == '|')
            {
                Position++;
                patterns.Add(ReadWord() ?? throw Unexpected());
                SkipBlanks();
            }

            if (Peek() != ')')
                throw Unexpected(")");
            Position++;
            var body = new List<Command>();
            SkipNewlines();
            while (!(Peek() == ';' && Peek(1) == ';') && !IsReserved("esac"))
            {
                body.Add(ReadListItem());
                SkipNewlines();
            }

            if (Peek() == ';')
                Position += 2;
            arms.Add((patterns, body.Count == 0 ? null : new Sequence(body[0].Line, body)));
        }
    }
}
