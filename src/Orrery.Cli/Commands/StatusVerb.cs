using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery status DIR</c>: what is.</summary>
internal static class StatusVerb
{
    public static Command Create(Host host)
    {
        var (directory, profile, output) = (Shared.Directory(), Shared.Profile(), Shared.Output());
        var command = new VerbCommand("status", "Shows what is there of a platform.")
        {
            Detail = "Reads only.",
            Examples = ["orrery status my-platform"],
            Arguments = { directory },
            Options = { profile, output },
        };
        command.SetAction((parse, cancellation) => host.WithSessionAsync(
            new Target(parse.Required(directory), parse.GetValue(profile)),
            session => RunAsync(session, parse.IsJson(output), cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(Session session, bool isJson, CancellationToken cancellation)
    {
        var (screen, name) = (session.Host.Screen, session.Platform.Name);
        var resources = await session.Pipeline(Unobserved.Instance).StatusAsync(cancellation);
        if (isJson)
            screen.WriteJson(json => StatusJson.Write(json, name, resources));
        else
            screen.Print(StatusText.Of(name, resources, new Paint(screen.ColourOut)) + StatusText.Summary(resources));
        return ExitCode.Done;
    }
}
