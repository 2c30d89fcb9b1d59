namespace Orrery.Simulation.Machines.Shell;

/// <summary>A piece of a word, before expansion.</summary>
internal abstract record WordPart(bool Quoted);

internal sealed record LiteralPart(string Text, bool Quoted) : WordPart(Quoted);

/// <summary><c>$name</c> or <c>${name:-word}</c>; the operator <c>length</c> is <c>${#name}</c>.</summary>
internal sealed record ParameterPart(string Name, string Operator, Word? Argument, bool Quoted) : WordPart(Quoted);

/// <summary><c>$(script)</c>.</summary>
internal sealed record SubstitutionPart(string Script, bool Quoted) : WordPart(Quoted);

/// <summary><c>$((expression))</c>.</summary>
internal sealed record ArithmeticPart(Word Expression, bool Quoted) : WordPart(Quoted);

internal sealed record Word(IReadOnlyList<WordPart> Parts)
{
    /// <summary>The text where nothing of it is quoted or expanded: what a reserved word must be.</summary>
    public string? Bare => Parts is [LiteralPart { Quoted: false } only] ? only.Text : null;

    public bool IsQuoted => Parts.Any(part => part.Quoted);
}

/// <summary>A here-document's body is the target; its operator is <c>&lt;&lt;</c>.</summary>
internal sealed class Redirect(int descriptor, string operation, Word target)
{
    public int Descriptor => descriptor;

    public string Operation => operation;

    public Word Target { get; set; } = target;
}

internal sealed record Assignment(string Name, Word Value);

/// <summary>A command of the shell's grammar, with the line on which it starts.</summary>
internal abstract record Command(int Line);

internal sealed record SimpleCommand(
    int Line, IReadOnlyList<Assignment> Assignments, IReadOnlyList<Word> Words, IReadOnlyList<Redirect> Redirects)
    : Command(Line);

internal sealed record Pipeline(int Line, IReadOnlyList<Command> Commands, bool Negated) : Command(Line);

/// <summary>Joined by <c>&amp;&amp;</c> or <c>||</c>.</summary>
internal sealed record AndOr(int Line, Command Left, bool IsAnd, Command Right) : Command(Line);

internal sealed record Sequence(int Line, IReadOnlyList<Command> Commands) : Command(Line);

internal sealed record Background(int Line, Command Command) : Command(Line);

internal sealed record IfCommand(int Line, IReadOnlyList<(Command Condition, Command Body)> Branches, Command? Else)
    : Command(Line);

internal sealed record LoopCommand(int Line, Command Condition, bool Until, Command Body, string Text) : Command(Line);

/// <summary>Without words it goes over the positional parameters.</summary>
internal sealed record ForCommand(int Line, string Name, IReadOnlyList<Word>? Words, Command Body) : Command(Line);

internal sealed record CaseCommand(
    int Line, Word Subject, IReadOnlyList<(IReadOnlyList<Word> Patterns, Command? Body)> Arms) : Command(Line);

internal sealed record FunctionCommand(int Line, string Name, Command Body) : Command(Line);

internal sealed record SubshellCommand(int Line, Command Body) : Command(Line);

internal sealed record RedirectedCommand(int Line, Command Inner, IReadOnlyList<Redirect> Redirects) : Command(Line);

/// <summary>The script is not of the language; the message is the shell's own.</summary>
public sealed class ShellSyntaxException(string message, int line) : Exception(message)
{
    public int Line => line;
}
