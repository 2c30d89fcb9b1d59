using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Engine.State;

namespace Orrery.Cli.Commands.State;

/// <summary><c>orrery state unlock DIR</c>: who holds the lease; ends it on demand.</summary>
internal static class UnlockVerb
{
    public static Command Create(Host host)
    {
        var directory = Shared.Directory();
        var force = new Option<bool>("--force")
        {
            Description = "End the lease now. Its holder, should it live, stops before its next change.",
        };
        var command = new VerbCommand("unlock", "Shows who works on a platform; with --force, ends that lease.")
        {
            Detail = "Seldom needed: the lease of a run that died ends by itself within half a minute.",
            Examples = ["orrery state unlock my-platform"],
            Arguments = { directory },
            Options = { force },
        };
        command.SetAction((parse, cancellation) => host.WithDeclarationAsync(
            new Target(parse.Required(directory), null),
            loaded => RunAsync(host, loaded, parse.GetValue(force), cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(Host host, Loaded loaded, bool force, CancellationToken cancellation)
    {
        using var state = new StateAccess(host, loaded);
        if (await Lease.CurrentAsync(state.Files, host.Time, cancellation) is not { } lease)
        {
            host.Screen.Print("nobody holds the lease: nothing to unlock\n");
            return ExitCode.Done;
        }

        host.Screen.Print($"{lease.Holder} holds the lease since {lease.Since:u}, until {lease.Expires:u}\n");
        if (!force)
        {
            host.Screen.Print("if it lives it is renewed; if it died it ends by itself; --force ends it now\n");
            return ExitCode.Done;
        }

        var ended = await Lease.BreakAsync(state.Files, host.Time, cancellation);
        host.Screen.Print(ended ? "its lease is ended\n" : "its lease has just changed: look again\n");
        return ended ? ExitCode.Done : ExitCode.Failed;
    }
}
