using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;
using Orrery.Engine.Observing;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery drift DIR</c>: what differs from the declaration.</summary>
internal static class DriftVerb
{
    public static Command Create(Host host)
    {
        var (directory, profile, output) = (Shared.Directory(), Shared.Profile(), Shared.Output());
        var command = new VerbCommand("drift", "Shows what differs from the declaration.")
        {
            Detail = "Reads only. Exits with 3 when something differs, with 0 when nothing does.",
            Examples = ["orrery drift my-platform"],
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
        var (resources, found) = await session.Pipeline(Unobserved.Instance).DriftAsync(cancellation);
        screen.Report(found);
        var different = resources.Where(resource => resource.State != ResourceState.AsDeclared).ToArray();
        if (isJson)
            screen.WriteJson(json => StatusJson.Write(json, name, different));
        else if (different.Length == 0)
            screen.Print($"{name} is as declared: {Words.Count(resources.Count, "resource")} looked at\n");
        else
            screen.Print(StatusText.Of(name, different, new Paint(screen.ColourOut)) + StatusText.Summary(resources));
        if (found.Count > 0)
            return ExitCode.Failed;
        return different.Length == 0 ? ExitCode.Done : ExitCode.ChangesPending;
    }
}
