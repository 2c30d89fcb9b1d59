using System.Net;
using System.Net.Sockets;
using System.Text;
using Orrery.Engine.Ports;
using Orrery.Providers.Ssh;
using Orrery.Tests.Programs;

namespace Orrery.Tests.Providers.Ssh;

public class SshConnectorTests
{
    [ProgramFact("sshd")]
    public async Task A_server_on_a_machines_loopback_is_reached_through_it()
    {
        await using var server = await SshServer.StartAsync();
        var (port, answered) = Answer();
        var connection = new Connection
        {
            Server = new Uri($"http://127.0.0.1:{port}"),
            Through = server.Host,
        };

        using var http = new HttpClient(new SshConnector(server.Client, Wire).Open(connection));
        var text = await http.GetStringAsync(new Uri(connection.Server, "/version"));

        text.ShouldBe("through");
        (await answered).ShouldStartWith("GET /version HTTP/1.1\r\n");
    }

    [Fact]
    public async Task A_server_that_is_reached_directly_needs_no_machine()
    {
        await using var client = new SshClient(SshServer.Runner, TimeProvider.System, null);
        var direct = false;
        var connector = new SshConnector(client, (connection, open) =>
        {
            direct = open is null;
            return Wire(connection, open);
        });

        using var handler = connector.Open(new Connection { Server = new Uri("https://203.0.113.1:6443") });

        direct.ShouldBeTrue();
    }

    private static SocketsHttpHandler Wire(Connection connection, Func<CancellationToken, Task<Stream>>? open)
    {
        var handler = new SocketsHttpHandler();
        if (open is not null)
            handler.ConnectCallback = async (_, cancellation) => await open(cancellation);
        return handler;
    }

    private static (int Port, Task<string> Request) Answer()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (((IPEndPoint)listener.LocalEndpoint).Port, AnswerAsync(listener));
    }

    private static async Task<string> AnswerAsync(TcpListener given)
    {
        using var listener = given;
        using var client = await listener.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        var buffer = new byte[4096];
        var length = await stream.ReadAsync(buffer);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nthrough"u8.ToArray());
        return Encoding.ASCII.GetString(buffer, 0, length);
    }
}
