using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Secrets;
using Orrery.Cli.Terminal;

namespace Orrery.Cli.Commands.Secrets;

/// <summary><c>orrery secret doctor DIR</c>: what unlocks what, what is missing, what would be lost.</summary>
internal static class DoctorVerb
{
    public static Command Create(Host host)
    {
        var (directory, output) = (Shared.Directory(), Shared.Output());
        var command = new VerbCommand("doctor", "Says who can open what, what is missing, and what would be lost.")
        {
            Detail = "Opens every encrypted file of the platform with the identities at hand, and shows nothing of "
                + "what is inside. Exits with 1 where something is missing, damaged or open to too many.",
            Examples = ["orrery secret doctor my-platform"],
            Arguments = { directory },
            Options = { output },
        };
        command.SetAction((parse, _) => host.WithDeclarationAsync(
            new Target(parse.Required(directory), null),
            loaded => SecretRefusal.CatchAsync(
                host, () => Task.FromResult(Run(host, loaded, parse.IsJson(output))))));
        return command;
    }

    private static int Run(Host host, Loaded loaded, bool isJson)
    {
        var report = new Doctor(host, loaded).Examine();
        if (isJson)
            host.Screen.WriteJson(json => DoctorText.WriteJson(json, loaded.Platform.Name, report));
        else
            host.Screen.Print(DoctorText.Of(loaded.Platform.Name, report, new Paint(host.Screen.ColourOut)));
        host.Screen.Report(report.Problems);
        return report.Problems.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }
}
