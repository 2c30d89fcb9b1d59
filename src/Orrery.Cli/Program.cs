using Orrery.Cli.Commands;
using Orrery.Cli.Composition;

namespace Orrery.Cli;

internal static class Program
{
    private static Task<int> Main(string[] args) => CommandLine.RunAsync(args, ProcessHost.Create());
}
