using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;

namespace Orrery.Cli.Commands.State;

/// <summary><c>orrery state backup DIR FILE</c>: the state as one file.</summary>
internal static class BackupVerb
{
    public static Command Create(Host host)
    {
        var directory = Shared.Directory();
        var file = new Argument<string>("FILE") { Description = "Where to write it; an existing file is replaced." };
        var command = new VerbCommand("backup", "Writes the state to one file; sensitive values in it stay encrypted.")
        {
            Examples = ["orrery state backup my-platform platform-state.json"],
            Arguments = { directory, file },
        };
        command.SetAction((parse, cancellation) => host.WithDeclarationAsync(
            new Target(parse.Required(directory), null),
            loaded => RunAsync(host, loaded, parse.Required(file), cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(Host host, Loaded loaded, string file, CancellationToken cancellation)
    {
        using var state = new StateAccess(host, loaded);
        var store = await state.LoadAsync(cancellation);
        StateFolder.WriteForOwner(host.FullPath(file), store.Export());
        var recorded = store.Recorded;
        host.Screen.Print(
            $"wrote version {recorded.Serial} with {Words.Count(recorded.Resources.Count, "resource")} to {file}\n");
        return ExitCode.Done;
    }
}
