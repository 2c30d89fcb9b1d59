using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;

namespace Orrery.Cli.Terminal;

/// <summary>The help of each verb: how to write it, what it does, its options, and an example that works.</summary>
internal static class HelpText
{
    public const string Name = "--help";

    private const int Width = 100;

    public static Option Option(Screen screen) => new Option<bool>(Name, "-h")
    {
        Description = "Show this help.",
        Arity = ArgumentArity.Zero,
        Recursive = true,
        Action = new Print(screen),
    };

    public static string Of(Command command)
    {
        var text = new StringBuilder();
        text.Append("Usage: ").Append(UsageOf(command)).Append("\n\n");
        foreach (var line in Lines(command.Description ?? "", Width))
            text.Append(line).Append('\n');
        if (command is VerbCommand { Detail.Length: > 0 } verb)
        {
            foreach (var line in Lines(verb.Detail, Width))
                text.Append(line).Append('\n');
        }

        Append(text, "Verbs", command.Subcommands.Where(IsShown).Select(verb => (Label(verb), verb.Description)));
        Append(text, "Arguments", command.Arguments.Select(argument => (argument.Name, argument.Description)));
        Append(text, "Options", OptionsOf(command).Select(option => (Label(option), option.Description)));
        if (command is VerbCommand { Examples: var examples })
        {
            text.Append("\nExample:\n");
            foreach (var example in examples)
                text.Append("  ").Append(example).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>For example <c>orrery state show</c>.</summary>
    public static string PathOf(Command command) => command is RootCommand
        ? "orrery"
        : $"{command.Parents.OfType<Command>().Select(PathOf).FirstOrDefault("orrery")} {command.Name}";

    private static string UsageOf(Command command)
    {
        var usage = new StringBuilder(PathOf(command));
        if (command.Subcommands.Count > 0)
            usage.Append(" VERB");
        foreach (var argument in command.Arguments)
            usage.Append(argument.Arity.MinimumNumberOfValues == 0 ? $" [{argument.Name}]" : $" {argument.Name}");
        foreach (var option in command.Options.Where(option => option.Required))
            usage.Append($" {option.Name} {option.HelpName}");
        return usage.Append(" [options]").ToString();
    }

    private static IEnumerable<Option> OptionsOf(Command command)
    {
        var inherited = command is RootCommand
            ? []
            : command.Parents.OfType<Command>().SelectMany(OptionsOf).Where(option => option.Recursive);
        return command.Options.Where(option => !option.Hidden).Concat(inherited);
    }

    private static string Label(Command command) => string.Join(
        ' ', command.Arguments.Where(argument => argument.Arity.MinimumNumberOfValues > 0)
            .Select(argument => argument.Name).Prepend(command.Name));

    private static string Label(Option option)
    {
        var names = string.Join(", ", option.Aliases.Prepend(option.Name));
        return option.HelpName is null ? names : $"{names} {option.HelpName}";
    }

    private static bool IsShown(Command command) => !command.Hidden;

    private static void Append(
        StringBuilder text, string title, IEnumerable<(string Label, string? Description)> entries)
    {
        var rows = entries.ToArray();
        if (rows.Length == 0)
            return;
        var width = rows.Max(row => row.Label.Length);
        text.Append('\n').Append(title).Append(":\n");
        foreach (var (label, description) in rows)
        {
            var indent = $"\n{new string(' ', width + 4)}";
            text.Append("  ").Append(label.PadRight(width + 2));
            text.AppendJoin(indent, Lines(description ?? "", Width - width - 4)).Append('\n');
        }
    }

    private static IEnumerable<string> Lines(string text, int width)
    {
        var rest = text;
        while (rest.Length > width && rest.LastIndexOf(' ', width) is > 0 and var end)
        {
            yield return rest[..end];
            rest = rest[(end + 1)..];
        }

        yield return rest;
    }

    private sealed class Print(Screen screen) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            screen.Print(Of(parseResult.CommandResult.Command));
            return ExitCode.Done;
        }
    }
}
