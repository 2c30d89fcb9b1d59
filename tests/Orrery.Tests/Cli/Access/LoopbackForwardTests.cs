using System.Net;
using System.Net.Sockets;
using System.Text;
using Orrery.Cli.Access;
using Orrery.Engine.Ports;
using Orrery.Tests.Programs;
using Orrery.Tests.Providers.Ssh;

namespace Orrery.Tests.Cli.Access;

public sealed class LoopbackForwardTests : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly ShoutingServer _far = new();
    private readonly List<string> _said = [];

    public async ValueTask DisposeAsync()
    {
        await _far.DisposeAsync();
        _over.Dispose();
    }

    [ProgramFact("sshd")]
    public async Task Forty_connections_at_once_go_through_one_machine()
    {
        await using var machine = await SshServer.StartAsync();
        await RunAsync(
            cancellation => machine.Client.ForwardAsync(machine.Host, "127.0.0.1", _far.Port, cancellation),
            async port =>
            {
                var answers = await Task.WhenAll(
                    Enumerable.Range(0, 40).Select(number => AskAsync(port, $"n{number}")));
                answers.ShouldBe(Enumerable.Range(0, 40).Select(number => $"N{number}"));
            });
        _said.ShouldBeEmpty();
    }

    [ProgramFact("sshd")]
    public async Task A_lost_connection_ends_alone_and_the_next_one_works()
    {
        await using var machine = await SshServer.StartAsync();
        await RunAsync(
            cancellation => machine.Client.ForwardAsync(machine.Host, "127.0.0.1", _far.Port, cancellation),
            async port =>
            {
                using var steady = await ConnectAsync(port);
                (await SayAsync(steady, "before")).ShouldBe("BEFORE");
                (await AskAsync(port, "die")).ShouldBeEmpty();
                (await SayAsync(steady, "still")).ShouldBe("STILL");
                (await AskAsync(port, "again")).ShouldBe("AGAIN");
            });
    }

    [Fact]
    public async Task Much_data_arrives_as_it_was_sent()
    {
        var sent = new string('x', 3_000_000);
        await RunAsync(FarAsync, async port =>
        {
            using var client = await ConnectAsync(port);
            var stream = client.GetStream();
            var writing = stream.WriteAsync(Encoding.ASCII.GetBytes(sent)).AsTask();
            var received = new byte[sent.Length];
            await stream.ReadExactlyAsync(received);
            await writing;
            Encoding.ASCII.GetString(received).ShouldBe(sent.ToUpperInvariant());
        });
    }

    [Fact]
    public async Task Why_connections_fail_is_said_once_until_one_works()
    {
        var fails = true;
        await RunAsync(
            cancellation => fails
                ? throw new ProviderException(ProviderErrorCode.Unavailable, "the machine is away")
                : FarAsync(cancellation),
            async port =>
            {
                (await AskAsync(port, "a")).ShouldBeEmpty();
                (await AskAsync(port, "b")).ShouldBeEmpty();
                _said.ShouldBe(["the machine is away"]);
                fails = false;
                (await AskAsync(port, "c")).ShouldBe("C");
                fails = true;
                (await AskAsync(port, "d")).ShouldBeEmpty();
            });
        _said.ShouldBe(["the machine is away", "the machine is away"]);
    }

    [Fact]
    public async Task Nothing_is_opened_for_a_client_that_says_nothing()
    {
        var opened = 0;
        await RunAsync(
            cancellation =>
            {
                opened++;
                return FarAsync(cancellation);
            },
            async port =>
            {
                using var silent = await ConnectAsync(port);
                (await AskAsync(port, "one")).ShouldBe("ONE");
            });
        opened.ShouldBe(1);
    }

    [Fact]
    public void A_port_that_is_taken_is_none()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        LoopbackForward.Listen(port, FarAsync, TimeProvider.System, _said.Add).ShouldBeNull();
    }

    private async Task RunAsync(Func<CancellationToken, Task<Stream>> open, Func<int, Task> use)
    {
        using var forward = LoopbackForward.Listen(0, open, TimeProvider.System, _said.Add).ShouldNotBeNull();
        var running = forward.RunAsync(_over.Token);
        await use(forward.Port);
        await _over.CancelAsync();
        await running;
    }

    private async Task<Stream> FarAsync(CancellationToken cancellation)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _far.Port, cancellation);
        return client.GetStream();
    }

    internal static async Task<TcpClient> ConnectAsync(int port)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        return client;
    }

    /// <summary>What comes back on a connection of its own; nothing where it is closed.</summary>
    internal static async Task<string> AskAsync(int port, string text)
    {
        using var client = await ConnectAsync(port);
        return await SayAsync(client, text);
    }

    private static async Task<string> SayAsync(TcpClient client, string text)
    {
        try
        {
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));
            var buffer = new byte[1024];
            return Encoding.ASCII.GetString(buffer, 0, await client.GetStream().ReadAsync(buffer));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
