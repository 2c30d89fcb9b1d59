using System.CommandLine;
using System.CommandLine.Invocation;
using Orrery.Cli.Composition;

namespace Orrery.Cli.Terminal;

/// <summary>The option <c>--version</c>.</summary>
internal static class VersionText
{
    public const string Name = "--version";

    public static string Of() => typeof(VersionText).Assembly.GetName().Version?.ToString(fieldCount: 3) ?? "";

    public static Option Option(Screen screen) => new Option<bool>(Name)
    {
        Description = "Show the version.",
        Arity = ArgumentArity.Zero,
        Action = new Print(screen),
    };

    private sealed class Print(Screen screen) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            screen.Print($"orrery {Of()}\n");
            return ExitCode.Done;
        }
    }
}
