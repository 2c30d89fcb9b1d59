using System.CommandLine;
using System.Text;

namespace Orrery.Cli.Terminal;

/// <summary>The reference of all verbs as Markdown: the same words as <c>--help</c>.</summary>
internal static class VerbsPage
{
    public static string Write(Command root)
    {
        var page = new StringBuilder();
        page.Append("# The command line\n\n");
        page.Append("Generated from the verbs; do not edit. Exit codes: 0 done, 1 failed, 2 invalid declaration or\n");
        page.Append("usage, 3 changes pending, 130 interrupted. Data goes to standard output; progress, questions\n");
        page.Append("and diagnostics to standard error.\n");
        foreach (var verb in root.Subcommands)
            Append(page, verb, "##");
        return page.ToString();
    }

    private static void Append(StringBuilder page, Command command, string level)
    {
        page.Append($"\n{level} {HelpText.PathOf(command)}\n\n```\n{HelpText.Of(command)}```\n");
        foreach (var verb in command.Subcommands)
            Append(page, verb, $"{level}#");
    }
}
