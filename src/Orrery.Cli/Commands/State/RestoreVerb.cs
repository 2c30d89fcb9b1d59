using System.CommandLine;
using System.Globalization;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;
using Orrery.Cli.Terminal.Runs;
using Orrery.Engine.State;
using Orrery.Model.Plans;

namespace Orrery.Cli.Commands.State;

/// <summary><c>orrery state restore DIR VERSION</c>: makes an older version the current one.</summary>
internal static class RestoreVerb
{
    public static Command Create(Host host)
    {
        var directory = Shared.Directory();
        var version = new Argument<string>("VERSION")
        {
            Description = "A serial of 'state history', or a file that 'state backup' wrote.",
        };
        var command = new VerbCommand("restore", "Makes an older version of the state the current one.")
        {
            Detail = "Changes nothing in any cloud. What was there before stays in the history. "
                + "Afterwards 'plan' shows what differs.",
            Examples = ["orrery state restore my-platform 3", "orrery state restore my-platform platform-state.json"],
            Arguments = { directory, version },
        };
        command.SetAction((parse, cancellation) => host.WithDeclarationAsync(
            new Target(parse.Required(directory), null),
            loaded => RunAsync(host, loaded, parse.Required(version), cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(Host host, Loaded loaded, string version, CancellationToken cancellation)
    {
        using var state = new StateAccess(host, loaded);
        if (await FindAsync(host, state, version, cancellation) is not { } recorded
            || recorded.PlatformId != state.PlatformId)
        {
            host.Screen.Report(Versions.Missing(loaded, version));
            return ExitCode.Invalid;
        }

        await using var display = new PlainRunDisplay(host);
        await state.WriteAsync(
            async token =>
            {
                var store = await StateStore.LoadForRestoreAsync(state.Files, state.PlatformId, state.Cipher, token);
                await store.RestoreAsync(recorded, token);
                host.Screen.Print(
                    $"restored version {recorded.Serial} as version {store.Recorded.Serial}; look at what differs: "
                    + $"{Shared.Again("plan", loaded)}\n");
            },
            display,
            cancellation);
        return ExitCode.Done;
    }

    private static async Task<Recorded?> FindAsync(
        Host host, StateAccess state, string version, CancellationToken cancellation)
    {
        if (long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var serial))
            return await StateStore.VersionAsync(state.Files, serial, state.Cipher, cancellation);
        var path = host.FullPath(version);
        return File.Exists(path)
            ? StateStore.Import(await File.ReadAllBytesAsync(path, cancellation), state.Cipher)
            : null;
    }
}
