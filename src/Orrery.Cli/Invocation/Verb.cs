using System.CommandLine;
using Orrery.Cli.Composition;

namespace Orrery.Cli.Invocation;

/// <summary>A verb of the command line; made only when it is named, or when all are listed.</summary>
internal sealed record Verb(string Name, Func<Host, Command> Create);

/// <summary>A command with an example that works, shown by its help.</summary>
internal sealed class VerbCommand(string name, string description) : Command(name, description)
{
    /// <summary>Command lines to copy, one each.</summary>
    public required IReadOnlyList<string> Examples { get; init; }

    /// <summary>Sentences below the description; empty where that says all.</summary>
    public string Detail { get; init; } = "";
}
