using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Simulating;
using Orrery.Cli.Terminal;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Rehearsal.Stages;

namespace Orrery.Cli.Commands;

/// <summary>
/// <c>orrery simulate DIR</c>: the simulated clouds on real sockets, for any program that speaks to real ones.
/// </summary>
internal static class SimulateVerb
{
    private const double SpeedDefault = 60;

    public static Command Create(Host host)
    {
        var (directory, profile) = (Shared.Directory(), Shared.Profile());
        var listen = new Option<string>("--listen")
        {
            Description = "Where the clouds' APIs listen; port 0 takes a free one.",
            HelpName = "HOST:PORT",
            DefaultValueFactory = static _ => "127.0.0.1:0",
        };
        listen.Validators.Add(result =>
        {
            if (EndPoint(result.GetValueOrDefault<string>() ?? "") is null)
                result.AddError("'--listen' takes an address and a port, as in 127.0.0.1:8080");
        });
        var speed = new Option<double>("--speed")
        {
            Description = "How many simulated seconds pass in one; 60 if not given.",
            HelpName = "N",
            DefaultValueFactory = static _ => SpeedDefault,
        };
        speed.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (> 0 and <= 10_000))
                result.AddError("'--speed' takes a number above 0, up to 10000");
        });
        var command = new VerbCommand(
            "simulate", "Serves the platform's simulated clouds on real sockets, for hcloud, kubectl, git and orrery.")
        {
            Detail = "Prints one NAME=value line for each variable that leads other programs there, then 'ready', and "
                + "runs until it is stopped; KUBECONFIG follows once there is a cluster. Values have no quotes: "
                + "'export \"$line\"' takes a line over as it is. Nothing is real, and all of it is gone afterwards.",
            Examples =
            [
                "orrery simulate examples/cosmos",
                "orrery simulate examples/cosmos --listen 127.0.0.1:8080 --speed 10",
            ],
            Arguments = { directory },
            Options = { listen, speed, profile },
        };
        command.SetAction((parse, _) => host.WithDeclarationAsync(
            new Target(parse.Required(directory), parse.GetValue(profile)),
            loaded => RunAsync(
                host, loaded,
                EndPoint(parse.GetRequiredValue(listen)) ?? throw new InvariantException("'--listen' was checked"),
                parse.GetValue(speed))));
        return command;
    }

    private static IPEndPoint? EndPoint(string text)
    {
        const string here = "localhost:";
        var address = text.StartsWith(here, StringComparison.Ordinal) ? $"127.0.0.1:{text[here.Length..]}" : text;
        return address.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(address, out var point)
            ? point
            : null;
    }

    private static async Task<int> RunAsync(Host host, Loaded loaded, IPEndPoint at, double speed)
    {
        if (loaded.Platform.Clusters.Values.FirstOrDefault(cluster =>
                cluster.Infrastructure is not Infrastructure.Hetzner) is { } other)
        {
            host.Screen.Report(CliCodes.Usage.At(
                null, $"The machines of '{other.Name}' are of Proxmox VE, which cannot be served on sockets yet.",
                ["play it instead:", $"  {Shared.Again("rehearse", loaded)}"]));
            return ExitCode.Invalid;
        }

        using var stopped = new CancellationTokenSource();
        using var registration = host.OnInterrupt(stopped.Cancel);
        var secrets = new ThrowAwaySecrets(seed: 1);
        var made = SimulatedSecrets.Fill(host, loaded, secrets);
        await using var served = new ServedSite(host, loaded.Platform, secrets, speed);
        IReadOnlyList<(string Name, string Value)> told;
        try
        {
            told = await served.OpenAsync(at);
        }
        catch (Exception problem) when (problem is IOException or SocketException)
        {
            host.Screen.Report(CliCodes.PortTaken.At(
                null, $"{at}: {problem.Message}", ["take a free one: --listen 127.0.0.1:0"]));
            return ExitCode.Failed;
        }

        foreach (var (name, value) in told.Concat(made))
            host.Screen.Print($"{name}={value}\n");
        host.Screen.Print("ready\n");
        await served.RunAsync(path => host.Screen.Print($"KUBECONFIG={path}\n"), stopped.Token);
        return ExitCode.Done;
    }
}
