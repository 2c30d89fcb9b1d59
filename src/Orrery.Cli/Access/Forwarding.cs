using System.CommandLine;
using System.Globalization;
using Orrery.Cli.Composition;
using Orrery.Cli.Terminal;

namespace Orrery.Cli.Access;

/// <summary>What the verbs that forward have in common.</summary>
internal static class Forwarding
{
    private const int PortMax = 65_535;

    public static Option<int?> PortOption()
    {
        var option = new Option<int?>("--port")
        {
            Description = "The port of this machine's loopback, 0 for any free one; always the same by default.",
            HelpName = "PORT",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 0 or > PortMax)
                result.AddError($"a port is a number from 0 to {PortMax.ToString(CultureInfo.InvariantCulture)}");
        });
        return option;
    }

    public static Option<string?> ClusterOption() => new("--cluster")
    {
        Description = "The cluster; needed where the platform has several.",
        HelpName = "NAME",
    };

    /// <summary>Listens, shows what to show, and forwards until Ctrl-C.</summary>
    /// <param name="host">The process.</param>
    /// <param name="port">0 for any free one.</param>
    /// <param name="open">Opens one connection to where it leads.</param>
    /// <param name="show">Told the port once it listens.</param>
    public static async Task<int> ForwardAsync(
        Host host, int port, Func<CancellationToken, Task<Stream>> open, Func<int, Task> show)
    {
        using var over = new CancellationTokenSource();
        using var interrupts = host.OnInterrupt(over.Cancel);
        using var forward = LoopbackForward.Listen(
            port, open, host.Time, problem => host.Screen.Tell($"connection failed: {problem}\n"));
        if (forward is null)
        {
            host.Screen.Report(CliCodes.PortTaken.At(
                null, $"127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)} cannot be listened on.",
                ["choose another: --port PORT, or any free one: --port 0"]));
            return ExitCode.Failed;
        }

        await show(forward.Port);
        await forward.RunAsync(over.Token);
        return ExitCode.Interrupted;
    }
}
