using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;
using Orrery.Engine.Runs;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
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
        var (strategy, accepted) = (Shared.Strategy(), AcceptedFingerprints.Option());
        var command = new VerbCommand(
            "rebuild", "Replaces what is ephemeral (machines), keeps what is protected (volumes).")
        {
            Detail = "Shows the plan and asks first. Stopped or failed, it goes on where it was when it is run again.",
            Examples =
            [
                "orrery rebuild my-platform --cluster prod", "orrery rebuild my-platform --strategy in-place",
            ],
            Arguments = { directory },
            Options = { cluster, strategy, accepted, yes, profile, output },
        };
        command.SetAction((parse, _) => host.WithSessionAsync(
            new Target(parse.Required(directory), parse.GetValue(profile)),
            session => RunAsync(session, new ChangingOptions
            {
                Verb = RunVerb.Rebuild,
                VerbName = command.Name,
                Cluster = parse.GetValue(cluster),
                Strategy = parse.GetValue(strategy) is { } wish and not "declared" ? Shared.StrategyOf(wish) : null,
                Yes = parse.GetValue(yes),
                Accepted = [.. parse.GetValue(accepted) ?? []],
                IsJson = parse.IsJson(output),
            })));
        return command;
    }

    private static Task<int> RunAsync(Session session, ChangingOptions options)
    {
        if (Problem(session.Platform, options) is not { } problem)
            return new ChangingRun(session, options).RunAsync();
        session.Host.Screen.Report(problem);
        return Task.FromResult(ExitCode.Invalid);
    }

    /// <summary>There is no cluster of that name; null where there is, or none is named.</summary>
    public static Diagnostic? Unknown(Platform platform, string? name)
    {
        if (name is null || platform.Clusters.ContainsKey(name))
            return null;
        var known = platform.Clusters.Keys.ToArray();
        ValueList<string> hints = Suggestion.Find(name, known) is { } near
            ? [$"did you mean '{near}'?"]
            : [$"there is: {string.Join(", ", known)}"];
        return CliCodes.Usage.At(null, $"'{platform.Name}' has no cluster '{name}'.", hints);
    }

    private static Diagnostic? Problem(Platform platform, ChangingOptions options)
    {
        if (Unknown(platform, options.Cluster) is { } unknown)
            return unknown;

        var impossible = platform.Clusters.Values.FirstOrDefault(cluster =>
            (options.Cluster is null || cluster.Name == options.Cluster)
            && options.Strategy is { } strategy && cluster.Forbids(strategy));
        return impossible is null
            ? null
            : CliCodes.StrategyImpossible.At(
                null, $"The machines of '{impossible.Name}' keep their addresses when they are rebuilt.",
                ["rebuild it in place:", $"  orrery rebuild DIR --cluster {impossible.Name} --strategy in-place"]);
    }
}
