using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;

namespace Orrery.Cli;

internal static class Program
{
    private static Task<int> Main(string[] args) => CommandLine.RunAsync(args, ProcessHost.Create());
}
