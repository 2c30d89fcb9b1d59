using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Engine.Runs;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery up DIR</c>: makes a declaration real.</summary>
internal static class UpVerb
{
    public static Command Create(Host host)
    {
        var (directory, profile, output, yes) = (Shared.Directory(), Shared.Profile(), Shared.Output(), Shared.Yes());
        var saved = new Option<string?>("--plan")
        {
            Description = "Carry out this plan, saved by 'plan --out'; refused when the world has moved since.",
            HelpName = "FILE",
        };
        var accepted = AcceptedFingerprints.Option();
        var command = new VerbCommand("up", "Makes a declaration real.")
        {
            Detail = "Shows the plan and asks first. Stopped or failed, it goes on where it was when it is run again.",
            Examples = ["orrery up my-platform", "orrery up my-platform --yes --output json"],
            Arguments = { directory },
            Options = { saved, accepted, yes, profile, output },
        };
        command.SetAction((parse, _) => host.WithSessionAsync(
            new Target(parse.Required(directory), parse.GetValue(profile)),
            session => new ChangingRun(session, new ChangingOptions
            {
                Verb = RunVerb.Up,
                VerbName = command.Name,
                SavedPlan = parse.GetValue(saved),
                Yes = parse.GetValue(yes),
                Accepted = [.. parse.GetValue(accepted) ?? []],
                IsJson = parse.IsJson(output),
            }).RunAsync()));
        return command;
    }
}
