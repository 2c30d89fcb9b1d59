using System.CommandLine;
using Orrery.Cli.Commands.State;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery state</c>: what is remembered of a platform between runs.</summary>
internal static class StateVerb
{
    public static Command Create(Host host) => new VerbCommand(
        "state", "Shows, keeps and restores what is remembered of a platform.")
    {
        Detail = "State stands in DIR/.orrery; sensitive values in it are encrypted to the recovery recipients.",
        Examples = ["orrery state history my-platform", "orrery state backup my-platform platform-state.json"],
        Subcommands =
        {
            HistoryVerb.Create(host),
            ShowVerb.Create(host),
            UnlockVerb.Create(host),
            BackupVerb.Create(host),
            RestoreVerb.Create(host),
        },
    };
}
