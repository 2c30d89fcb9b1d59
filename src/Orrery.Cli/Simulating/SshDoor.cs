using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Simulation.Sites;

namespace Orrery.Cli.Simulating;

/// <summary>
/// Answers what the stand-in for <c>ssh</c> hands over: a line with the arguments, one with the agent's keys and one
/// with the input, each in base64; the answer is the exit code and the two outputs, a line each. Of a forward only the
/// exit code is a line, and what follows is its bytes.
/// </summary>
internal sealed class SshDoor(LiveSite live, ClusterDoors clusters)
{
    // The caller decides how long he waits.
    private static readonly TimeSpan CallMax = TimeSpan.FromDays(1);

    public async Task AnswerAsync(Stream input, NetworkStream output, CancellationToken stopping)
    {
        var arguments = (await CallDoor.LineAsync(input, stopping))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Text).ToValueList();
        var keys = Text(await CallDoor.LineAsync(input, stopping)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var request = new ProcessRequest { Program = "ssh", Arguments = arguments, Timeout = CallMax };
        if (arguments.Contains("-W"))
        {
            await ForwardAsync(input, output, request, keys, stopping);
            return;
        }

        request = request with { Input = Bytes(await CallDoor.LineAsync(input, stopping)) };
        await SayAsync(output, await live.SshAsync(request, keys, stopping), stopping);
    }

    private async Task ForwardAsync(
        Stream input, NetworkStream output, ProcessRequest request, string[] keys, CancellationToken stopping)
    {
        var (machine, refused) = live.SshForward(request, keys);
        if (refused is not null)
        {
            await SayAsync(output, refused, stopping);
            return;
        }

        // The only thing on a machine that somebody forwards to.
        if (machine is null || await clusters.PortOfAsync(machine) is not { } port)
        {
            const string closed =
                "channel 0: open failed: connect failed: Connection refused\r\nstdio forwarding failed\r\n";
            await SayAsync(output, new ProcessResult(255, default, closed), stopping);
            return;
        }

        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, port, stopping);
        await using var other = server.GetStream();
        await output.WriteAsync("0\n"u8.ToArray(), stopping);
        // Whichever side ends first ends the connection.
        await await Task.WhenAny(input.CopyToAsync(other, stopping), other.CopyToAsync(output, stopping));
    }

    private static async Task SayAsync(NetworkStream output, ProcessResult result, CancellationToken stopping)
    {
        var code = result.ExitCode.ToString(CultureInfo.InvariantCulture);
        var (said, error) = (Convert.ToBase64String(result.Output.Span), Encoding.UTF8.GetBytes(result.Error));
        await output.WriteAsync(
            Encoding.ASCII.GetBytes($"{code}\n{said}\n{Convert.ToBase64String(error)}\n"), stopping);
    }

    private static byte[] Bytes(string base64) => Convert.FromBase64String(base64);

    private static string Text(string base64) => Encoding.UTF8.GetString(Bytes(base64));
}
