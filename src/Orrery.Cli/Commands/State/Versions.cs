using Orrery.Cli.Composition;
using Orrery.Model.Diagnostics;

namespace Orrery.Cli.Commands.State;

/// <summary>What verbs about versions of the state have in common.</summary>
internal static class Versions
{
    public static Diagnostic Missing(Loaded loaded, string version) => CliCodes.NoVersion.At(
        null,
        $"'{version}' is neither the serial of a version that is kept nor a file that is there.",
        ["list what is kept:", $"  orrery state history {loaded.Path}"]);
}
