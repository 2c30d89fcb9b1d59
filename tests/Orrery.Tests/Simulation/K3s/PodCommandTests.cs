using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Simulation.Worlds;
using static Orrery.Tests.Simulation.K3s.ClusterScene;

namespace Orrery.Tests.Simulation.K3s;

/// <summary>Commands run in containers that have a shell, and ask others through the network of the pods.</summary>
public sealed class PodCommandTests
{
    private const string Pods = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: NAME, namespace: default }
        spec:
          replicas: 1
          selector: { matchLabels: { app: NAME } }
          template:
            metadata: { labels: { app: NAME } }
            spec:
              containers: [{ name: main, image: "IMAGE", ports: [{ containerPort: 8080 }] }]
        """;

    private const string Service = """
        apiVersion: v1
        kind: Service
        metadata: { name: NAME, namespace: default }
        spec: { selector: { app: NAME }, ports: [{ port: 80, targetPort: 8080 }] }
        """;

    private const string Shell = "docker.io/library/busybox:1.36.1";

    private readonly ClusterScene _scene = new ClusterScene().Boot();

    [Fact]
    public async Task A_command_says_what_it_writes_and_how_it_ended()
    {
        Start("one", Shell);

        var ended = await RunAsync("one", "sh", "-c", "echo first; echo oops >&2; echo $1; exit 7", "me", "a+b &c");

        ended.Output.ShouldBe("first\na+b &c\n");
        ended.Error.ShouldBe("oops\n");
        Text(ended.Status, "reason").ShouldBe("NonZeroExitCode");
        Text(ended.Status, "details", "causes", "0", "message").ShouldBe("7");
        (await RunAsync("one", "true")).Status!["status"]!.GetValue<string>().ShouldBe("Success");
    }

    [Fact]
    public async Task What_no_container_has_is_not_started()
    {
        Start("one", Shell);

        var ended = await RunAsync("one", "kubectl", "get", "pods");

        Text(ended.Status, "reason").ShouldBe("InternalError");
        Text(ended.Status, "message").ShouldContain("exec: \"kubectl\": executable file not found in $PATH");
    }

    [Fact]
    public async Task Pods_reach_each_other_and_services_until_their_network_breaks()
    {
        var (one, two) = (Start("one", Shell), Start("two", Shell));
        _scene.Apply(Service.Replace("NAME", "two", StringComparison.Ordinal));
        _scene.Wait(5);
        var address = Text(two, "status", "podIP");
        var service = Text(_scene.Get("v1", "Service", "default", "two"), "spec", "clusterIP");
        address.ShouldNotBe(Text(one, "status", "podIP"));

        (await FetchAsync($"{address}:8080")).Output.ShouldBe("ok\n");
        (await FetchAsync($"{service}")).Output.ShouldBe("ok\n");
        (await FetchAsync($"{address}:9")).Error
            .ShouldBe($"wget: can't connect to remote host ({address}): Connection refused\n");
        (await FetchAsync("10.42.0.250:8080")).Error.ShouldBe("wget: download timed out\n");
        (await FetchAsync("somewhere")).Error.ShouldBe("wget: bad address 'somewhere'\n");

        _scene.Cluster.Network.Break(_scene.Cluster.NodeName);
        var since = _scene.Agenda.Now;
        (await FetchAsync($"{service}")).Error.ShouldBe("wget: download timed out\n");
        (_scene.Agenda.Now - since).TotalSeconds.ShouldBeInRange(2, 3);
        _scene.Cluster.Network.Mend();
        (await FetchAsync($"{service}")).Output.ShouldBe("ok\n");
    }

    [Fact]
    public async Task A_service_without_a_ready_pod_refuses()
    {
        Start("one", Shell);
        _scene.Apply(Service.Replace("NAME", "nobody", StringComparison.Ordinal));
        _scene.Wait(5);

        var service = Text(_scene.Get("v1", "Service", "default", "nobody"), "spec", "clusterIP");
        (await FetchAsync(service)).Error.ShouldContain("Connection refused");
    }

    [Theory]
    [InlineData("one", "command=true", 400, "you must specify at least 1 of stdin, stdout, stderr")]
    [InlineData("one", "stdout=true", 501, "commands without a word")]
    [InlineData("one", "stdout=true&stdin=true&command=cat", 501, "input of commands in pods")]
    [InlineData("one", "stdout=true&command=true&container=other", 400, "container other is not valid for pod one-")]
    [InlineData("web", "stdout=true&command=true", 501, "containers of images other than busybox")]
    [InlineData("", "stdout=true&command=true", 404, "pods \"nobody\" not found")]
    public void What_the_server_refuses_it_names(string pod, string query, int status, string message)
    {
        Start("one", Shell);
        Start("web", "docker.io/library/nginx:1.29");

        var reply = Ask(pod, query);

        reply.Status.ShouldBe(status);
        Text(JsonNode.Parse(reply.Body.Span), "message").ShouldContain(message);
    }

    [Theory]
    [InlineData("", "v4.channel.k8s.io", 501)]
    [InlineData("websocket", "channel.k8s.io", 400)]
    [InlineData("websocket", "v4.channel.k8s.io", 101)]
    [InlineData("websocket", "v5.channel.k8s.io, v4.channel.k8s.io", 101)]
    public void Only_a_WebSocket_with_a_protocol_that_says_how_it_ended_is_taken(
        string upgrade, string protocols, int status)
    {
        Start("one", Shell);

        var reply = Ask("one", "stdout=true&command=true", upgrade, protocols);

        reply.Status.ShouldBe(status);
        if (status == 101)
            reply.Headers["sec-websocket-protocol"].ShouldBe(protocols.Split(',')[0]);
    }

    [Fact]
    public void A_container_that_does_not_run_takes_no_command()
    {
        _scene.Apply(Filled("late", Shell));
        _scene.Wait(1);

        var reply = Ask("late", "stdout=true&command=true");

        reply.Status.ShouldBe(500);
        Encoding.UTF8.GetString(reply.Body.Span).ShouldContain("container not found");
    }

    private static string Filled(string name, string image) => Pods
        .Replace("NAME", name, StringComparison.Ordinal).Replace("IMAGE", image, StringComparison.Ordinal);

    private JsonObject? Start(string name, string image)
    {
        _scene.Apply(Filled(name, image));
        _scene.Wait(60);
        return _scene.Pod("default", name);
    }

    private Task<Ended> FetchAsync(string url) => RunAsync("one", "wget", "-q", "-T", "2", "-O", "-", url);

    private async Task<Ended> RunAsync(string pod, params string[] words)
    {
        var command = string.Concat(words.Select(word => "&command=" + Uri.EscapeDataString(word)));
        var reply = Ask(pod, "stdout=true&stderr=true" + command);
        reply.Status.ShouldBe(101, Encoding.UTF8.GetString(reply.Body.Span));
        var stream = reply.Stream.ShouldNotBeNull();
        while (!stream.IsEnded)
            _scene.Agenda.AdvanceTo(_scene.Agenda.Next.ShouldNotBeNull());
        using var socket = WebSocket.CreateFromStream(
            new MemoryStream(stream.Take().ToArray()), new WebSocketCreationOptions());
        var said = new[] { "", "", "", "" };
        var buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer.AsMemory(), default) is { MessageType: not WebSocketMessageType.Close }
            received)
        {
            received.EndOfMessage.ShouldBeTrue();
            said[buffer[0]] += Encoding.UTF8.GetString(buffer.AsSpan(1, received.Count - 1));
        }

        socket.CloseStatus.ShouldBe(WebSocketCloseStatus.NormalClosure);
        return new Ended(said[1], said[2], JsonNode.Parse(said[3]));
    }

    private WorldReply Ask(
        string pod, string query, string upgrade = "websocket", string protocols = "v5.channel.k8s.io")
    {
        var name = pod.Length == 0 ? "nobody" : Text(_scene.Pod("default", pod), "metadata", "name");
        return _scene.Cluster.Api.Handle(
            new WorldRequest
            {
                Method = "GET",
                Path = $"/api/v1/namespaces/default/pods/{name}/exec",
                Query = query,
                Headers = ValueMap.Of(
                    ("upgrade", upgrade), ("sec-websocket-protocol", protocols),
                    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")),
            },
            _scene.Agenda.Now);
    }

    private sealed record Ended(string Output, string Error, JsonNode? Status);
}
