using System.Text;
using Orrery.Engine.Ports;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Kubernetes.Configuration;

namespace Orrery.Tests.Providers.Kubernetes;

/// <summary>Commands in pods and their ports, over real WebSockets.</summary>
public class PodStreamsTests
{
    private const string Success = """{"status":"Success"}""";

    private readonly CountingGuard _guard = new();

    [Fact]
    public async Task A_command_gets_its_input_and_gives_its_outputs_and_exit_code()
    {
        byte[] input = [];
        byte[] closed = [];
        await using var server = new ChannelServer("v5.channel.k8s.io", async socket =>
        {
            input = await ChannelServer.ReceiveAsync(socket);
            closed = await ChannelServer.ReceiveAsync(socket);
            await ChannelServer.SendAsync(socket, 1, "one ");
            await ChannelServer.SendAsync(socket, 2, "oops");
            await ChannelServer.SendAsync(socket, 1, new string('x', 50_000));
            await ChannelServer.SendAsync(socket, 3, """
                {"status":"Failure","reason":"NonZeroExitCode","message":"command terminated with exit code 7",
                "details":{"causes":[{"reason":"ExitCode","message":"7"}]}}
                """);
        });
        var command = new PodCommand("web", "db-0", ["psql", "-c", "select 1"])
        {
            Container = "db",
            Input = "hello"u8.ToArray(),
            OutputBytesMax = 20,
        };

        var result = await Client(server).ExecuteAsync(command, default);

        result.ExitCode.ShouldBe(7);
        Encoding.UTF8.GetString(result.Output.Span).ShouldBe("one xxxxxxxxxxxxxxxx");
        result.Error.ShouldBe("oops");
        input.ShouldBe([0, .. "hello"u8]);
        closed.ShouldBe([255, 0]);
        server.Asked.ShouldStartWith(
            "GET /api/v1/namespaces/web/pods/db-0/exec?stdout=true&stderr=true&stdin=true&container=db"
            + "&command=psql&command=-c&command=select%201 HTTP/1.1\r\n");
        server.Asked.ShouldContain("Authorization: Bearer t-1");
        _guard.Asked.ShouldBe(1);
    }

    [Fact]
    public async Task An_older_server_runs_what_needs_no_input()
    {
        await using var server = new ChannelServer("v4.channel.k8s.io", async socket =>
        {
            await ChannelServer.SendAsync(socket, 1, "ok");
            await ChannelServer.SendAsync(socket, 3, Success);
        });

        var command = new PodCommand("web", "db-0", ["true"]) { Changes = false };
        (await Client(server).ExecuteAsync(command, default)).ExitCode.ShouldBe(0);

        _guard.Asked.ShouldBe(0);
    }

    [Fact]
    public async Task A_command_that_cannot_be_started_is_refused_with_the_reason()
    {
        await using var server = new ChannelServer("v5.channel.k8s.io", socket => ChannelServer.SendAsync(
            socket, 3, """{"status":"Failure","reason":"InternalError","message":"exec: \"pslq\": not found"}"""));

        (await Should.ThrowAsync<ProviderException>(
            () => Client(server).ExecuteAsync(new PodCommand("web", "db-0", ["pslq"]), default)))
            .Message.ShouldBe("'pslq' could not be run in the pod web/db-0: exec: \"pslq\": not found");
    }

    [Fact]
    public async Task An_upgrade_that_is_refused_tells_the_servers_reason()
    {
        await using var server = new ChannelServer(null, _ => Task.CompletedTask);

        var refusal = await Should.ThrowAsync<ProviderException>(
            () => Client(server).ExecuteAsync(new PodCommand("web", "db-0", ["true"]), default));

        refusal.Code.ShouldBe(ProviderErrorCode.Unauthorized);
        refusal.Message.ShouldContain("pods is forbidden");
    }

    [Fact]
    public async Task A_port_of_a_pod_is_a_stream()
    {
        byte[] sent = [];
        await using var server = new ChannelServer("v4.channel.k8s.io", async socket =>
        {
            await ChannelServer.SendAsync(socket, 0, "\u0050\0");
            await ChannelServer.SendAsync(socket, 1, "\u0050\0");
            sent = await ChannelServer.ReceiveAsync(socket);
            await ChannelServer.SendAsync(socket, 0, "HTTP/1.1 200 OK");
            await socket.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, default);
        });

        await using var stream = await Client(server).ForwardAsync("web", "web-1", 80, default);
        await stream.WriteAsync("GET /"u8.ToArray());
        using var reader = new StreamReader(stream);

        (await reader.ReadToEndAsync()).ShouldBe("HTTP/1.1 200 OK");
        sent.ShouldBe([0, .. "GET /"u8]);
        server.Asked.ShouldStartWith("GET /api/v1/namespaces/web/pods/web-1/portforward?ports=80 HTTP/1.1\r\n");
        _guard.Asked.ShouldBe(0);
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_told()
    {
        await using var server = new ChannelServer("v4.channel.k8s.io", async socket =>
        {
            await ChannelServer.SendAsync(socket, 1, "\u0050\0connection refused");
            await ChannelServer.ReceiveAsync(socket);
        });

        await using var stream = await Client(server).ForwardAsync("web", "web-1", 80, default);

        (await Should.ThrowAsync<ProviderException>(async () => await stream.ReadExactlyAsync(new byte[1])))
            .Message.ShouldBe("port 80 of api/v1/namespaces/web/pods/web-1/portforward: connection refused");
    }

    private KubernetesClient Client(ChannelServer server)
    {
        var environment = new ProviderEnvironment
        {
            Time = TimeProvider.System,
            Random = _guard,
            Transport = new HttpClientHandler(),
            Guard = _guard,
            Environment = _ => null,
        };
        var wire = KubernetesWire.Direct(new Connection { Server = server.Address });
        return KubernetesClient.Create(
            environment, wire, new KubernetesAccess("prod", server.Address, new FixedToken("t-1")));
    }

    private sealed class CountingGuard : IRandomSource, IWriterGuard
    {
        public int Asked { get; private set; }

        public double NextDouble() => 0.5;

        public void Fill(Span<byte> bytes) => bytes.Clear();

        public Task EnsureAsync(TimeSpan requestTimeout, CancellationToken cancellation)
        {
            Asked++;
            return Task.CompletedTask;
        }
    }
}
