using System.CommandLine;
using System.CommandLine.Parsing;
using Orrery.Cli.Composition;
using Orrery.Cli.Terminal;
using Orrery.Model.Diagnostics;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Cli.Invocation;

/// <summary>What is wrong with a command line, as errors with hints.</summary>
internal static class Usage
{
    public static int Explain(Screen screen, ParseResult parse)
    {
        var command = parse.CommandResult.Command;
        if (parse.Tokens.Count == 0)
        {
            screen.Tell(HelpText.Of(command));
            return ExitCode.Invalid;
        }

        var help = $"see what there is: {HelpText.PathOf(command)} --help";
        if (MisspeltOption(parse) is { } option)
        {
            screen.Report(Unknown(command, option, help));
            return ExitCode.Invalid;
        }

        if (parse.UnmatchedTokens is [var unknown, ..])
        {
            screen.Report(Unknown(command, unknown, help));
            return ExitCode.Invalid;
        }

        var details = command.Subcommands.Count > 0
            ? [$"'{HelpText.PathOf(command)}' needs one more word: {string.Join(", ", Names(command))}."]
            : parse.Errors.Select(error => error.Message.Trim()).Distinct();
        screen.Report(details.Select(detail => CliCodes.Usage.At(null, detail, [help])));
        return ExitCode.Invalid;
    }

    /// <summary>
    /// A word that looks like an option and is none: the parser takes it for an argument, and what follows for
    /// too much.
    /// </summary>
    public static string? MisspeltOption(ParseResult parse)
    {
        foreach (var token in parse.Tokens)
        {
            if (token.Type == TokenType.DoubleDash)
                return null;
            if (token is { Type: TokenType.Argument, Value: ['-', _, ..] })
                return token.Value;
        }

        return null;
    }

    private static Diagnostic Unknown(Command command, string word, string help)
    {
        var isOption = word.StartsWith('-');
        var known = isOption ? OptionNames(command) : Names(command);
        ValueList<string> hints = Suggestion.Find(word, known) is { } near
            ? [$"did you mean '{near}'?", help]
            : [help];
        var what = isOption ? "option" : command.Subcommands.Count > 0 ? "verb" : "argument";
        return CliCodes.Usage.At(null, $"'{HelpText.PathOf(command)}' has no {what} '{word}'.", hints);
    }

    private static IEnumerable<string> Names(Command command) => command.Subcommands.Select(verb => verb.Name);

    private static IEnumerable<string> OptionNames(Command command) =>
        command.Options.SelectMany(option => option.Aliases.Prepend(option.Name)).Append(HelpText.Name);
}
