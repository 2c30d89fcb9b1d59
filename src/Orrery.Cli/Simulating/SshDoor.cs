using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Simulation.Sites;

namespace Orrery.Cli.Simulating;

/// <summary>
/// Where the stand-in for <c>ssh</c> hands its calls over. One call is one connection: a line with our secret, one with
/// the arguments, one with the agent's keys and one with the input, each in base64; the answer is the exit code and the
/// two outputs, a line each. Of a forward only the exit code is a line, and what follows is its bytes.
/// </summary>
internal sealed class SshDoor : IAsyncDisposable
{
    private const int SecretBytes = 16;

    // The caller decides how long he waits.
    private static readonly TimeSpan CallMax = TimeSpan.FromDays(1);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly LiveSite _live;
    private readonly ClusterDoors _clusters;
    private Task _accepting = Task.CompletedTask;

    private SshDoor(LiveSite live, ClusterDoors clusters) => (_live, _clusters) = (live, clusters);

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Only who can read the stand-in may call.</summary>
    public string Secret { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));

    public static SshDoor Open(LiveSite live, ClusterDoors clusters)
    {
        var door = new SshDoor(live, clusters);
        door._listener.Start();
        door._accepting = door.AcceptAsync();
        return door;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var calls = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stopping.Token);
                calls.RemoveAll(call => call.IsCompleted);
                calls.Add(ServeAsync(socket));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(calls);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await Task.Yield();
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        // What was read beyond a line stays in it.
        await using var input = PipeReader.Create(stream).AsStream();
        try
        {
            if (await LineAsync(input) != Secret)
                return;
            var arguments = (await LineAsync(input)).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Text)
                .ToValueList();
            var keys = Text(await LineAsync(input)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var request = new ProcessRequest { Program = "ssh", Arguments = arguments, Timeout = CallMax };
            if (arguments.Contains("-W"))
                await ForwardAsync(input, stream, request, keys);
            else
                await RunAsync(stream, request with { Input = Bytes(await LineAsync(input)) }, keys);
        }
        catch (Exception problem) when (problem is IOException or OperationCanceledException or SocketException
            or FormatException)
        {
            // The caller is gone, or the site ends.
        }
    }

    private async Task RunAsync(NetworkStream stream, ProcessRequest request, string[] keys) =>
        await AnswerAsync(stream, await _live.SshAsync(request, keys, _stopping.Token));

    private async Task ForwardAsync(Stream input, NetworkStream stream, ProcessRequest request, string[] keys)
    {
        var (machine, refused) = _live.SshForward(request, keys);
        if (refused is not null)
        {
            await AnswerAsync(stream, refused);
            return;
        }

        // The only thing on a machine that somebody forwards to.
        if (machine is null || await _clusters.PortOfAsync(machine) is not { } port)
        {
            await AnswerAsync(stream, new ProcessResult(255, default,
                "channel 0: open failed: connect failed: Connection refused\r\nstdio forwarding failed\r\n"));
            return;
        }

        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, port, _stopping.Token);
        await using var other = server.GetStream();
        await stream.WriteAsync("0\n"u8.ToArray(), _stopping.Token);
        // Whichever side ends first ends the connection.
        await await Task.WhenAny(
            input.CopyToAsync(other, _stopping.Token), other.CopyToAsync(stream, _stopping.Token));
    }

    private async Task AnswerAsync(NetworkStream stream, ProcessResult result)
    {
        var code = result.ExitCode.ToString(CultureInfo.InvariantCulture);
        var (output, error) = (Convert.ToBase64String(result.Output.Span), Encoding.UTF8.GetBytes(result.Error));
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"{code}\n{output}\n{Convert.ToBase64String(error)}\n"), _stopping.Token);
    }

    private async Task<string> LineAsync(Stream input)
    {
        var line = new MemoryStream();
        var one = new byte[1];
        while (await input.ReadAsync(one, _stopping.Token) == 1 && one[0] != '\n')
            line.WriteByte(one[0]);
        return Encoding.ASCII.GetString(line.ToArray());
    }

    private static byte[] Bytes(string base64) => Convert.FromBase64String(base64);

    private static string Text(string base64) => Encoding.UTF8.GetString(Bytes(base64));
}
