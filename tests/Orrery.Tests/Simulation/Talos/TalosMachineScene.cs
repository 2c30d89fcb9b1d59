using System.Text;
using Orrery.Engine.Ports;
using Orrery.Providers.Talos.Api;
using Orrery.Simulation.Dns;
using Orrery.Simulation.Edge;
using Orrery.Simulation.Talos;
using Orrery.Simulation.Talos.Hardware;
using Orrery.Simulation.Wire;
using Orrery.Simulation.Worlds;
using Orrery.Tests.Providers;
using Orrery.Tests.Providers.Grpc;

namespace Orrery.Tests.Simulation.Talos;

/// <summary>Machines that boot Talos in virtual time, and clients for them over the provider's own code.</summary>
internal sealed class TalosMachineScene : IConnector, IRandomSource, IWriterGuard
{
    public const string Schematic = "376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba";

    public const string TailnetUrl = "https://headscale.example.org";

    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(15);

    private readonly Agenda _agenda = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TalosHardware> _hardware = [];
    private long _disks;
    private int _exchanges;

    public TalosMachineScene()
    {
        // Verifying certificates takes longer than time stands still otherwise.
        Time = new VirtualTime
        {
            Settling = Settling,
            IsBusy = () => Volatile.Read(ref _exchanges) > 0,
        };
        Park = new TalosPark(_agenda, new TalosOptions
        {
            Schematics = schematic =>
                schematic == Schematic ? ["siderolabs/iscsi-tools", "siderolabs/tailscale"] : null,
            Tailnet = Tailnet = new Tailnet(1, () => Time.Now, TailnetUrl),
            Leases = mac => Leases.TryGetValue(mac, out var address) ? new DhcpLease(address, null) : null,
            Epoch = Time.GetUtcNow(),
        });
        _agenda.Added += due => _timers.Add(Time.CreateTimer(
            _ => Advance(), null, due > Time.Now ? due - Time.Now : TimeSpan.Zero, Timeout.InfiniteTimeSpan));
        Environment = new ProviderEnvironment
        {
            Time = Time,
            Random = this,
            Transport = new HttpClientHandler(),
            Guard = this,
            Environment = static _ => null,
        };
    }

    private readonly List<ITimer> _timers = [];

    public VirtualTime Time { get; }

    public TalosPark Park { get; }

    /// <summary>What machines with a document for Tailscale join.</summary>
    public Tailnet Tailnet { get; }

    public ProviderEnvironment Environment { get; }

    public TestAuthority OsAuthority { get; } = new("talos");

    public TestAuthority KubernetesAuthority { get; } = new("kubernetes");

    public Dictionary<string, string> Leases { get; } = [];

    /// <summary>What becomes of the next change: its reply is lost on the way.</summary>
    public bool LosesNextReply { get; set; }

    public List<string> Requests { get; } = [];

    public TalosIdentity Administrator
    {
        get
        {
            var (certificate, key) = OsAuthority.Client("os:admin");
            return new TalosIdentity(certificate, key);
        }
    }

    /// <summary>A machine with an ISO before its empty disk, and an address of its own.</summary>
    public TalosNode Start(string id, string address, string version = "v1.12.4", bool isIso = true)
    {
        var image = new TalosImage { Version = version, Platform = "nocloud", Schematic = Schematic };
        var disk = new TalosDisk(++_disks, 20_000_000_000);
        if (!isIso)
            disk.Write(image);
        _hardware[id] = new TalosHardware
        {
            Id = id,
            // As it must be: the disk first, which nothing boots from yet.
            BootOrder = isIso
                ? [new BootMedia.FromDisk(disk), new BootMedia.Iso(image)]
                : [new BootMedia.FromDisk(disk)],
            Disks = [disk],
            Nics = [new TalosNic($"bc:24:11:00:01:{id}") { CloudAddress = $"{address}/24" }],
        };
        return Park.PowerOn(_hardware[id]);
    }

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <summary>Nobody asks anything meanwhile.</summary>
    public void Pass(TimeSpan time)
    {
        Time.Settling = TimeSpan.Zero;
        Time.Run(() => Task.Delay(time, Time));
        Time.Settling = Settling;
    }

    public TalosClient Maintenance(TalosNode node, string? fingerprint = null) => TalosClient.Create(
        Environment, this, TalosAccess.Maintenance(node.Address ?? "", fingerprint ?? node.Fingerprint), null);

    public TalosClient Client(string address, TalosIdentity? identity = null) => TalosClient.Create(
        Environment, this,
        TalosAccess.Configured(address, OsAuthority.Certificate, identity ?? Administrator), null);

    /// <summary>Brings up a machine with its configuration, from an ISO to its running API.</summary>
    public TalosNode Configured(string id, string address, string type = "controlplane", string more = "")
    {
        var node = Start(id, address);
        Pass(TimeSpan.FromSeconds(25));
        Time.Run(() => Maintenance(node).ApplyAsync(
            Configuration($"node-{id}", type) + more, ApplyMode.Auto, false, null, default));
        Pass(TimeSpan.FromMinutes(2));
        return node;
    }

    public string Configuration(
        string name, string type = "controlplane", string vip = "10.0.0.5", string machine = "",
        string image = $"factory.talos.dev/installer/{Schematic}:v1.12.4")
    {
        var key = type == "controlplane" ? Base64(OsAuthority.Key) : "";
        return $$"""
            version: v1alpha1
            machine:
              type: {{type}}
              token: abcdef.0123456789abcdef
              ca:
                crt: {{Base64(OsAuthority.Certificate)}}
                key: "{{key}}"
              kubelet:
                image: ghcr.io/siderolabs/kubelet:v1.34.1
                extraArgs:
                  rotate-server-certificates: "true"
              network:
                hostname: {{name}}
                interfaces:
                  - deviceSelector:
                      physical: true
                    {{(vip.Length > 0 ? $"vip: {{ ip: {vip} }}" : "dhcp: true")}}
              install:
                disk: /dev/sda
                image: {{image}}
            {{machine}}
            cluster:
              id: cluster-1
              clusterName: prod
              controlPlane:
                endpoint: https://10.0.0.5:6443
              network:
                cni:
                  name: none
              ca:
                crt: {{Base64(KubernetesAuthority.Certificate)}}
                key: {{Base64(KubernetesAuthority.Key)}}
              etcd:
                ca:
                  crt: "x"
                  key: "x"

            """;
    }

    public HttpMessageHandler Open(Connection connection) => new Wire(this, Park.At(connection));

    public double NextDouble() => 0.5;

    public void Fill(Span<byte> bytes) => bytes.Clear();

    public Task EnsureAsync(TimeSpan requestTimeout, CancellationToken cancellation) => Task.CompletedTask;

    private void Advance()
    {
        lock (_gate)
            _agenda.AdvanceTo(Time.Now);
    }

    private async Task<HttpResponseMessage> ExchangeAsync(
        HttpRequestMessage request, IWorld world, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _exchanges);
        WorldReply reply;
        SimulatedReplyStream? stream = null;
        bool isLost;
        Task answered;
        try
        {
            var arriving = await WireMessages.ReadAsync(request, cancellation);
            lock (_gate)
            {
                Requests.Add(arriving.Path);
                reply = world.Handle(arriving, Time.Now);
                if (reply.Stream is { } source)
                {
                    stream = new SimulatedReplyStream(reply.Body, source)
                    {
                        Deliver = static happening => happening(),
                        Closed = source.Close,
                    }.Opened();
                }
            }

            isLost = LosesNextReply && reply.Status != 0;
            LosesNextReply &= !isLost;
            answered = Task.Delay(reply.ServiceTime, Time, cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref _exchanges);
        }

        await answered;
        if (isLost)
            throw new HttpRequestException("the connection was reset");
        return reply.Status == 0 ? throw WireMessages.Failure(reply) : WireMessages.Response(reply, stream);
    }

    private sealed class Wire(TalosMachineScene scene, IWorld world) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) =>
            scene.ExchangeAsync(request, world, cancellationToken);
    }
}
