using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Orrery.Cli.Simulating;

/// <summary>Answers one call: what the caller says, and where to say something back.</summary>
internal delegate Task CallAnswer(Stream input, NetworkStream output, CancellationToken stopping);

/// <summary>
/// A socket at which scripts of ours hand over what they are asked. One call is one connection, and its first line is
/// our secret: only who can read the script may call.
/// </summary>
internal sealed class CallDoor : IAsyncDisposable
{
    private const int SecretBytes = 16;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly CallAnswer _answer;
    private readonly Task _accepting;

    /// <summary>Listens at once.</summary>
    public CallDoor(CallAnswer answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Secret { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>A line of ASCII; empty where nothing comes any more.</summary>
    public static async Task<string> LineAsync(Stream input, CancellationToken cancellation)
    {
        var line = new MemoryStream();
        var one = new byte[1];
        while (await input.ReadAsync(one, cancellation) == 1 && one[0] != '\n')
            line.WriteByte(one[0]);
        return Encoding.ASCII.GetString(line.ToArray());
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
            if (await LineAsync(input, _stopping.Token) == Secret)
                await _answer(input, stream, _stopping.Token);
        }
        catch (Exception problem) when (problem is IOException or OperationCanceledException or SocketException
            or FormatException)
        {
            // The caller is gone, or the site ends.
        }
    }
}
