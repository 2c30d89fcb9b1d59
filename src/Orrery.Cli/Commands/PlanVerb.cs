using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;
using Orrery.Cli.Terminal.Plans;
using Orrery.Engine.Runs;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery plan DIR</c>: what <c>up</c> would do, without doing it.</summary>
internal static class PlanVerb
{
    public static Command Create(Host host)
    {
        var (directory, profile, output) = (Shared.Directory(), Shared.Profile(), Shared.Output());
        var file = new Option<string?>("--out")
        {
            Description = "Save the plan to a file, for 'up --plan'.",
            HelpName = "FILE",
        };
        var offline = new Option<bool>("--offline")
        {
            Description = "Plan from the recorded state, without asking any cloud; what changed there is not seen.",
        };
        var command = new VerbCommand(
            "plan", "Shows what 'up' would do: what is made, what it costs, what is never deleted.")
        {
            Detail = "Changes nothing. Exits with 3 when there is something to do, with 0 when there is not.",
            Examples =
            [
                "orrery plan my-platform",
                "orrery plan my-platform --out plan.json",
                "orrery up my-platform --plan plan.json",
                "orrery plan my-platform --offline",
            ],
            Arguments = { directory },
            Options = { file, offline, profile, output },
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(offline) && result.GetValue(file) is not null)
                result.AddError("--offline and --out exclude each other: 'up' carries out what the clouds agree with");
        });
        command.SetAction((parse, cancellation) => host.WithSessionAsync(
            new Target(parse.Required(directory), parse.GetValue(profile)),
            session =>
            {
                var pipeline = session.Pipeline(Unobserved.Instance);
                var planning = parse.GetValue(offline)
                    ? pipeline.PlanOfflineAsync(cancellation)
                    : pipeline.PlanAsync(RunVerb.Up, null, cancellation);
                return ShowAsync(session, planning, parse.GetValue(file), parse.IsJson(output));
            }));
        return command;
    }

    private static async Task<int> ShowAsync(Session session, Task<PlannedRun> planning, string? file, bool isJson)
    {
        var (screen, name) = (session.Host.Screen, session.Platform.Name);
        var planned = await planning;
        screen.Report(planned.Diagnostics);
        if (isJson)
            screen.WriteJson(json => PlanJson.Write(json, name, planned));
        else
            screen.Print(PlanText.Of(name, planned, new Paint(screen.ColourOut)));
        if (file is not null)
        {
            SavedPlan.Write(session.Host.FullPath(file), name, planned);
            screen.Tell($"saved to {file}; carry it out with: {Shared.Again("up", session.Loaded)} --plan {file}\n");
        }

        return planned.Plan.IsEmpty ? ExitCode.Done : ExitCode.ChangesPending;
    }
}
