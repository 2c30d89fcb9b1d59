using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Invocation;
using Orrery.Cli.Commands;
using Orrery.Cli.Composition;
using Orrery.Cli.Terminal;

namespace Orrery.Cli.Invocation;

/// <summary>From the words of a command line to the exit code.</summary>
internal static class CommandLine
{
    public const string Description =
        "Declares whole Kubernetes platforms, proves them in a model, and makes them real.";

    /// <summary>Words that begin with @ are taken as they are, not as files of further words.</summary>
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    public static async Task<int> RunAsync(string[] words, Host host)
    {
        try
        {
            var root = Root(host, words is [var first, ..] ? first : null);
            var parse = root.Parse(words, Parsing);
            if (parse.Action is null or ParseErrorAction || Usage.MisspeltOption(parse) is not null)
                return Usage.Explain(host.Screen, parse);
            return await parse.InvokeAsync(new InvocationConfiguration
            {
                Output = host.Screen.Out,
                Error = host.Screen.Error,
                EnableDefaultExceptionHandler = false,
                // Ctrl-C is ours: once is graceful, twice is forceful.
                ProcessTerminationTimeout = null,
            });
        }
        catch (Exception exception)
        {
            // The only place where every failure ends: each kind has its words.
            return Failures.Explain(host, exception);
        }
    }

    /// <summary>Every verb; or, since making them costs time at each start, only the one that is named.</summary>
    public static RootCommand Root(Host host, string? named)
    {
        var root = new RootCommand(Description);
        root.Options.Clear();
        root.Options.Add(HelpText.Option(host.Screen));
        root.Options.Add(VersionText.Option(host.Screen));
        root.Directives.Clear();
        root.Directives.Add(new SuggestDirective());
        var known = Verbs.All.FirstOrDefault(verb => verb.Name == named);
        foreach (var verb in known is null ? Verbs.All : [known])
        {
            // Only all of them together are the reference of what there is.
            if (named != VersionText.Name)
                root.Subcommands.Add(verb.Create(host));
        }

        return root;
    }
}
