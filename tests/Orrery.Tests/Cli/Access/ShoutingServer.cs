using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Orrery.Tests.Cli.Access;

/// <summary>Answers each connection with what it says, in upper case.</summary>
internal sealed class ShoutingServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly Task _serving;

    public ShoutingServer()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Dispose();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _over.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
            _ = ShoutAsync(await _listener.AcceptTcpClientAsync(_over.Token));
    }

    private async Task ShoutAsync(TcpClient given)
    {
        using var client = given;
        await using var stream = client.GetStream();
        var buffer = new byte[4096];
        int length;
        while ((length = await stream.ReadAsync(buffer, _over.Token)) > 0)
        {
            var said = Encoding.ASCII.GetString(buffer, 0, length);
            // Whoever says so is left in the middle of it.
            if (said.Contains("die", StringComparison.Ordinal))
                client.Client.Close(0);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(said.ToUpperInvariant()), _over.Token);
        }
    }
}
