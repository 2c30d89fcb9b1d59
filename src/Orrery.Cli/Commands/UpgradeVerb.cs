using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;
using Orrery.Model.Diagnostics;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery upgrade DIR</c>: takes clusters to their declared versions, node by node.</summary>
internal static class UpgradeVerb
{
    public static Command Create(Host host)
    {
        var (directory, profile, output, yes) = (Shared.Directory(), Shared.Profile(), Shared.Output(), Shared.Yes());
        var cluster = new Option<string?>("--cluster")
        {
            Description = "Only this cluster; all that run Talos by default.",
            HelpName = "NAME",
        };
        var command = new VerbCommand(
            "upgrade", "Takes clusters to their declared versions, minor version by minor version, node by node.")
        {
            Detail = "Shows the stages and asks first. Keeps a snapshot of etcd, drains each node, and goes on only "
                + "while all others are well. Stopped or failed, it goes on where it was when it is run again.",
            Examples = ["orrery upgrade my-platform", "orrery upgrade my-platform --cluster prod --yes"],
            Arguments = { directory },
            Options = { cluster, yes, profile, output },
        };
        command.SetAction((parse, _) => host.WithSessionAsync(
            new Target(parse.Required(directory), parse.GetValue(profile)),
            session => RebuildVerb.Unknown(session.Platform, parse.GetValue(cluster)) is { } problem
                ? Refused(session, problem)
                : new UpgradingRun(session, new UpgradingOptions
                {
                    VerbName = command.Name,
                    Cluster = parse.GetValue(cluster),
                    Yes = parse.GetValue(yes),
                    IsJson = parse.IsJson(output),
                }).RunAsync()));
        return command;
    }

    private static Task<int> Refused(Session session, Diagnostic problem)
    {
        session.Host.Screen.Report(problem);
        return Task.FromResult(ExitCode.Invalid);
    }
}
