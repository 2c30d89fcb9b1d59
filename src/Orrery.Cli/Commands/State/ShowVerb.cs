using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;
using Orrery.Engine.State;

namespace Orrery.Cli.Commands.State;

/// <summary><c>orrery state show DIR</c>: what is remembered, without sensitive values.</summary>
internal static class ShowVerb
{
    public static Command Create(Host host)
    {
        var (directory, output) = (Shared.Directory(), Shared.Output());
        var serial = new Option<long?>("--version")
        {
            Description = "An older version, of 'state history'.",
            HelpName = "SERIAL",
        };
        var command = new VerbCommand("show", "Shows what the state says; sensitive values are hidden.")
        {
            Examples = ["orrery state show my-platform", "orrery state show my-platform --version 3"],
            Arguments = { directory },
            Options = { serial, output },
        };
        command.SetAction((parse, cancellation) => host.WithDeclarationAsync(
            new Target(parse.Required(directory), null),
            loaded => RunAsync(host, loaded, parse.GetValue(serial), parse.IsJson(output), cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(
        Host host, Loaded loaded, long? serial, bool isJson, CancellationToken cancellation)
    {
        using var state = new StateAccess(host, loaded);
        var recorded = serial is { } older
            ? await StateStore.VersionAsync(state.Files, older, state.Cipher, cancellation)
            : (await state.LoadAsync(cancellation)).Recorded;
        if (recorded is null)
        {
            host.Screen.Report(Versions.Missing(loaded, $"{serial}"));
            return ExitCode.Invalid;
        }

        if (isJson)
            host.Screen.WriteJson(json => RecordedText.WriteJson(json, recorded));
        else
            host.Screen.Print(RecordedText.Of(loaded.Platform.Name, recorded, new Paint(host.Screen.ColourOut)));
        return ExitCode.Done;
    }
}
