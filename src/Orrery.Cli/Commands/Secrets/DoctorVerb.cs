using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Secrets;
using Orrery.Cli.Terminal;
using Orrery.Model.Diagnostics;
using Orrery.Model.Values;

namespace Orrery.Cli.Commands.Secrets;

/// <summary><c>orrery secret doctor DIR</c>: what unlocks what, what is missing, what would be lost.</summary>
internal static class DoctorVerb
{
    public static Command Create(Host host)
    {
        var (directory, output) = (Shared.Directory(), Shared.Output());
        var live = new Option<bool>("--live")
        {
            Description = "Look into the running clusters, too, for keys that the repository lacks.",
        };
        var command = new VerbCommand("doctor", "Says who can open what, what is missing, and what would be lost.")
        {
            Detail = "Opens every encrypted file of the platform with the identities at hand, and shows nothing of "
                + "what is inside. Exits with 1 where something is missing, damaged or open to too many.",
            Examples = ["orrery secret doctor my-platform", "orrery secret doctor my-platform --live"],
            Arguments = { directory },
            Options = { live, output },
        };
        command.SetAction((parse, cancellation) => parse.GetValue(live)
            ? host.WithSessionAsync(
                new Target(parse.Required(directory), null),
                async session =>
                {
                    var (_, found) = await session.Pipeline(Unobserved.Instance).DriftAsync(cancellation);
                    return Run(host, session.Loaded, found, parse.IsJson(output));
                })
            : host.WithDeclarationAsync(
                new Target(parse.Required(directory), null),
                loaded => Task.FromResult(Run(host, loaded, [], parse.IsJson(output)))));
        return command;
    }

    private static int Run(Host host, Loaded loaded, ValueList<Diagnostic> found, bool isJson)
    {
        var report = new Doctor(host, loaded).Examine();
        report = report with { Problems = [.. report.Problems, .. found] };
        if (isJson)
            host.Screen.WriteJson(json => DoctorText.WriteJson(json, loaded.Platform.Name, report));
        else
            host.Screen.Print(DoctorText.Of(loaded.Platform.Name, report, new Paint(host.Screen.ColourOut)));
        host.Screen.Report(report.Problems);
        return report.Problems.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }
}
