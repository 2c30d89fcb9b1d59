using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Orrery.Cli.Simulating;
using Orrery.Engine.Ports;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Talos.Api;
using Orrery.Simulation.Sites;
using Orrery.Simulation.Talos;
using Orrery.Tests.Simulation.Talos;

namespace Orrery.Tests.Providers.Talos;

/// <summary>The client against simulated machines that are served over HTTP/2 with TLS on both sides.</summary>
public sealed class TalosOnSocketsTests : IDisposable
{
    private readonly TalosMachineScene _scene = new();
    private readonly LiveSite _live = new(new Site(new SiteOptions()), TimeProvider.System);

    public void Dispose() => _live.Dispose();

    [Fact]
    public async Task A_machine_in_maintenance_mode_is_known_by_what_its_console_says()
    {
        var node = _scene.Start("10", "10.0.0.10");
        _scene.Pass(TimeSpan.FromSeconds(25));
        await using var door = await OpenAsync(node);
        var fingerprint = ConsoleFingerprint.Find(node.ConsoleText).ShouldNotBeNull();

        var version = await Client(door, TalosAccess.Maintenance("127.0.0.1", fingerprint)).VersionAsync(default);
        version.Tag.ShouldBe("v1.12.4");
        var refusal = await Should.ThrowAsync<ProviderException>(Client(
            door, TalosAccess.Maintenance("127.0.0.1", "")).VersionAsync(default));
        refusal.Code.ShouldBe(ProviderErrorCode.Foreign);
        refusal.ForeignId.ShouldBe(fingerprint);
    }

    [Fact]
    public async Task A_cluster_answers_to_its_administrator_and_to_nobody_else()
    {
        var node = _scene.Configured("10", "10.0.0.10");
        _scene.Time.Run(() => _scene.Client("10.0.0.10").BootstrapAsync(false, default));
        _scene.Pass(TimeSpan.FromMinutes(2));
        await using var door = await OpenAsync(node);
        var client = Client(door, TalosAccess.Configured(
            "127.0.0.1", _scene.OsAuthority.Certificate, _scene.Administrator));

        (await client.ConditionAsync(default)).IsReady.ShouldBeTrue();
        (await client.KubeconfigAsync(default)).ShouldStartWith("apiVersion: v1");
        using var snapshot = new MemoryStream();
        (await client.EtcdSnapshotAsync(snapshot, default)).ShouldBe(snapshot.Length);
        var log = new List<string>();
        await foreach (var piece in client.LogsAsync("machined", -1, follows: false, default))
            log.Add(piece);
        string.Concat(log).ShouldContain("installation of v1.12.4 complete");

        var (certificate, key) = new Orrery.Tests.Providers.Grpc.TestAuthority("other").Client("os:admin");
        await Should.ThrowAsync<ProviderException>(Client(door, TalosAccess.Configured(
            "127.0.0.1", _scene.OsAuthority.Certificate, new TalosIdentity(certificate, key))).VersionAsync(default));
    }

    private Task<HttpDoor> OpenAsync(TalosNode node) => HttpDoor.OpenAsync(
        _live,
        new IPEndPoint(IPAddress.Loopback, 0),
        new HttpsConnectionAdapterOptions
        {
            ServerCertificate = node.ServerCertificate(),
            ClientCertificateMode = ClientCertificateMode.AllowCertificate,
            ClientCertificateValidation = (certificate, _, _) => node.ApiFor(certificate) is not null,
        },
        (request, context) => node.ApiFor(context.Connection.ClientCertificate) is { } api
            ? (_ => api, request)
            : null);

    private TalosClient Client(HttpDoor door, TalosAccess access) => TalosClient.Create(
        _scene.Environment with { Time = TimeProvider.System }, new Connector(door.Port), access, null, asksOnce: true);

    /// <summary>The port that Talos has everywhere is another one here.</summary>
    private sealed class Connector(int port) : IConnector
    {
        public HttpMessageHandler Open(Connection connection) => KubernetesWire.Direct(
            connection, async cancellation =>
            {
                var socket = new System.Net.Sockets.TcpClient();
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellation);
                return socket.GetStream();
            });
    }
}
