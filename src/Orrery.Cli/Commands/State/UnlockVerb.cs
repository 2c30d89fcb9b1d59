using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;
using Orrery.Engine.State;
using Orrery.Model.Diagnostics;

namespace Orrery.Cli.Commands.State;

/// <summary><c>orrery state unlock DIR</c>: who holds the lease; ends it on demand.</summary>
internal static class UnlockVerb
{
    public static Command Create(Host host)
    {
        var directory = Shared.Directory();
        var force = new Option<bool>("--force")
        {
            Description = "End the lease now. A holder that lives all the same stops within ten seconds.",
        };
        var command = new VerbCommand("unlock", "Shows who works on a platform; with --force, ends that lease.")
        {
            Detail = "Seldom needed: the lease of a run that died ends by itself within half a minute. Exits with 1 "
                + "while somebody holds it.",
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

        if (!force)
        {
            host.Screen.Report(StillHeld(loaded, lease));
            return ExitCode.Failed;
        }

        var ended = await Lease.BreakAsync(state.Files, host.Time, cancellation);
        host.Screen.Print(ended
            ? $"the lease of {lease.Holder} is ended\n"
            : $"the lease of {lease.Holder} has just changed: look again\n");
        if (ended)
        {
            host.Screen.Tell(
                "should its holder live, it writes until it notices: wait "
                + $"{Lease.RenewAfter.TotalSeconds:0} seconds before the next run\n");
        }

        return ended ? ExitCode.Done : ExitCode.Failed;
    }

    private static Diagnostic StillHeld(Loaded loaded, LeaseRecord lease) => StateCodes.Held.At(
        null,
        $"{lease.Holder} holds the lease since {lease.Since:u}, until {lease.Expires:u}.",
        [
            "a run that lives renews it, and one that died lets go by itself then",
            "if it has died for certain, end its lease now:",
            $"  orrery state unlock {loaded.Path} --force",
        ]);
}
