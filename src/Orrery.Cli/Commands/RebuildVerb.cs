using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;
using Orrery.Engine.Runs;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery rebuild DIR</c>: replaces the machines, keeps what is protected.</summary>
internal static class RebuildVerb
{
    public static Command Create(Host host)
    {
        var (directory, profile, output, yes) = (Shared.Directory(), Shared.Profile(), Shared.Output(), Shared.Yes());
        var cluster = new Option<string?>("--cluster")
        {
            Description = "Only this cluster's machines; all by default.",
            HelpName = "NAME",
        };
        var command = new VerbCommand(
            "rebuild", "Replaces what is ephemeral (machines), keeps what is protected (volumes).")
        {
            Detail = "Shows the plan and asks first. Stopped or failed, it goes on where it was when it is run again.",
            Examples = ["orrery rebuild my-platform --cluster prod"],
            Arguments = { directory },
            Options = { cluster, yes, profile, output },
        };
        command.SetAction((parse, _) => host.WithSessionAsync(
            new Target(parse.Required(directory), parse.GetValue(profile)),
            session => RunAsync(session, new ChangingOptions
            {
                Verb = RunVerb.Rebuild,
                VerbName = command.Name,
                Cluster = parse.GetValue(cluster),
                Yes = parse.GetValue(yes),
                IsJson = parse.IsJson(output),
            })));
        return command;
    }

    private static Task<int> RunAsync(Session session, ChangingOptions options)
    {
        if (options.Cluster is not { } name || session.Platform.Clusters.ContainsKey(name))
            return new ChangingRun(session, options).RunAsync();
        var known = session.Platform.Clusters.Keys.ToArray();
        ValueList<string> hints = Suggestion.Find(name, known) is { } near
            ? [$"did you mean '{near}'?"]
            : [$"there is: {string.Join(", ", known)}"];
        session.Host.Screen.Report(
            CliCodes.Usage.At(null, $"'{session.Platform.Name}' has no cluster '{name}'.", hints));
        return Task.FromResult(ExitCode.Invalid);
    }
}
