using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;
using Orrery.Engine.State;

namespace Orrery.Cli.Commands.State;

/// <summary><c>orrery state history DIR</c>: the versions that are kept.</summary>
internal static class HistoryVerb
{
    public static Command Create(Host host)
    {
        var (directory, output) = (Shared.Directory(), Shared.Output());
        var command = new VerbCommand("history", "Lists the versions of the state that are kept, oldest first.")
        {
            Examples = ["orrery state history my-platform"],
            Arguments = { directory },
            Options = { output },
        };
        command.SetAction((parse, cancellation) => host.WithDeclarationAsync(
            new Target(parse.Required(directory), null),
            loaded => RunAsync(host, loaded, parse.IsJson(output), cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(Host host, Loaded loaded, bool isJson, CancellationToken cancellation)
    {
        using var state = new StateAccess(host, loaded);
        var serials = await StateStore.HistoryAsync(state.Files, cancellation);
        if (isJson)
        {
            host.Screen.WriteJson(json =>
            {
                json.WriteString("platform", loaded.Platform.Name);
                json.WriteStartArray("versions");
                foreach (var serial in serials)
                    json.WriteNumberValue(serial);
                json.WriteEndArray();
            });
        }
        else if (serials.Count == 0)
        {
            host.Screen.Print("nothing is kept yet\n");
        }
        else
        {
            host.Screen.Print(string.Concat(serials.Select(serial => $"{serial}\n")));
        }

        return ExitCode.Done;
    }
}
