using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;
using Orrery.Cli.Terminal.Runs;
using Orrery.Engine.Runs;
using Orrery.Model.Values;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery adopt DIR ADDRESS ID</c>: takes over what somebody else made.</summary>
internal static class AdoptVerb
{
    public static Command Create(Host host)
    {
        var (directory, profile, output) = (Shared.Directory(), Shared.Profile(), Shared.Output());
        var address = new Argument<string>("ADDRESS")
        {
            Description = "The declared resource that it becomes, as 'plan' shows it: CLUSTER/PROVIDER/KIND/NAME.",
        };
        var id = new Argument<string>("ID") { Description = "The thing's id in the cloud." };
        var command = new VerbCommand("adopt", "Takes over something that is there already, as a declared resource.")
        {
            Detail = "It gets the platform's labels and is ours from then on: later runs change it and 'destroy' "
                + "deletes it, unless it is protected. What cannot be changed in place must fit the declaration.",
            Examples = ["orrery adopt my-platform prod/hetzner/volume/cosmos-0.data-volume 4711"],
            Arguments = { directory, address, id },
            Options = { profile, output },
        };
        command.SetAction((parse, cancellation) => host.WithSessionAsync(
            new Target(parse.Required(directory), parse.GetValue(profile)),
            session => ResourceAddress.TryParse(parse.Required(address), out var parsed)
                ? RunAsync(session, (parsed, parse.Required(id)), parse.IsJson(output), cancellation)
                : Task.FromResult(Misnamed(session, parse.Required(address)))));
        return command;
    }

    private static async Task<int> RunAsync(
        Session session, (ResourceAddress Address, string Id) what, bool isJson, CancellationToken cancellation)
    {
        session.Folder.Prepare();
        var screen = session.Host.Screen;
        await using var display = new PlainRunDisplay(session.Host);
        var report = await session.Pipeline(display).AdoptAsync(what.Address, what.Id, cancellation);
        screen.Report(report.Diagnostics);
        if (isJson)
            screen.WriteJson(json => RunJson.Write(json, session.Platform.Name, "adopt", report));
        else if (report.Outcome == RunOutcome.Converged)
            screen.Print(
                $"{what.Address} is now the {what.Address.Type} with the id {what.Id}; look at what differs: "
                + $"{Shared.Again("plan", session.Loaded)}\n");
        return report.Outcome == RunOutcome.Converged ? ExitCode.Done : ExitCode.Failed;
    }

    private static int Misnamed(Session session, string address)
    {
        session.Host.Screen.Report(CliCodes.NoAddress.At(
            null, $"'{address}' has not four parts.", [$"see the addresses: {Shared.Again("plan", session.Loaded)}"]));
        return ExitCode.Invalid;
    }
}
