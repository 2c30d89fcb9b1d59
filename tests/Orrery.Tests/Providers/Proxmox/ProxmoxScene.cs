using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Proxmox;
using Orrery.Simulation.Proxmox;
using Orrery.Simulation.Wire;
using Orrery.Simulation.Worlds;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Providers.Proxmox;

/// <summary>What becomes of a request on its way.</summary>
internal enum ProxmoxFate
{
    Arrives,
    LosesItsReply,
    NeverArrives,
    IsNeverAnswered,
}

/// <summary>
/// The provider before a simulated cluster, on a clock of its own; every exchange is held to the contract.
/// </summary>
internal sealed class ProxmoxScene : HttpMessageHandler, IRandomSource, IWriterGuard
{
    public const string Secret = "7f3c1e54-1111-4222-8333-94af00c0ffee";
    public const string Platform = "ducktape-0a1b2c3d";

    private readonly Lock _gate = new();
    private int _chance;
    private int _atWork;

    public ProxmoxScene(ProxmoxWorldOptions? options = null)
    {
        Time = new VirtualTime { IsBusy = () => Volatile.Read(ref _atWork) > 0 };
        World = new ProxmoxWorld((options ?? new ProxmoxWorldOptions()) with { RootToken = $"root@pam!test={Secret}" });
        Services = NewServices();
    }

    public VirtualTime Time { get; }

    public ProxmoxWorld World { get; }

    public ProxmoxServices Services { get; private set; }

    public PveContract? Contract { get; } = ContractFolder.Path is null ? null : new PveContract();

    public List<(string Method, string Path, string Body)> Sent { get; } = [];

    public List<WaitState> Waited { get; } = [];

    /// <summary>Decides what becomes of a request.</summary>
    public Func<HttpRequestMessage, ProxmoxFate> Fate { get; set; } = static _ => ProxmoxFate.Arrives;

    /// <summary>Decides what the world does wrong by itself.</summary>
    public Func<HttpRequestMessage, WorldFault?> Fault { get; set; } = static _ => null;

    public static ResourceAddress Address(string kind, string name) =>
        ResourceAddress.Of("talos", $"proxmox/{kind}", name);

    public static Owner OwnerOf(string kind, string name, int generation = 1) =>
        new(Platform, Address(kind, name).Hash, generation);

    public static CreateRequest Create(string kind, string name, Value.Map desired, int generation = 1) => new(
        Address(kind, name), $"ducktape-talos-{name}-g{generation}", OwnerOf(kind, name, generation), desired);

    public OperationContext Operation(string kind = "virtual-machine", string name = "worker-0") =>
        new(Address(kind, name), state =>
        {
            lock (_gate)
                Waited.Add(state);
        });

    public IResourceHandler Handler(string kind) =>
        ProxmoxKinds.Handlers(Services).Single(handler => handler.Kind.Type == $"proxmox/{kind}");

    /// <summary>The engine dies and another one starts: nothing is remembered.</summary>
    public void Restart() => Services = NewServices();

    /// <summary>From now on somebody else asks.</summary>
    /// <param name="credential"><c>user@realm!name=secret</c>.</param>
    public void LogIn(string credential) => Services = NewServices(credential);

    /// <summary>A machine with one disk; more fields replace those here.</summary>
    public static Value.Map Machine(params ReadOnlySpan<(string, Value)> more)
    {
        var fields = ValueMap.Of<Value>(
            ("node", "pve"), ("storage", "local-lvm"), ("firmware", "ovmf"), ("secureBootKeys", false), ("tpm", true),
            ("cores", 4), ("memory", 8192), ("cpuType", "host"), ("agent", true),
            ("disks", Value.MapOf(("scsi0", Disk(40)))), ("boot", Value.ListOf(["scsi0"])),
            ("networks", Value.MapOf(
                ("net0", Value.MapOf(("mac", "bc:24:11:00:01:10"), ("bridge", "vmbr0"), ("vlan", 5))))),
            ("tags", Value.ListOf(["talos"])));
        foreach (var (name, value) in more)
            fields = fields.With(name, value);
        return new Value.Map(fields);
    }

    public static Value.Map Disk(long size, string storage = "local-lvm") =>
        Value.MapOf(("storage", storage), ("size", size));

    /// <summary>Makes a thing as the engine does: asked for, then waited for.</summary>
    public Observed Make(string kind, string name, Value.Map desired, int generation = 1)
    {
        var handler = Handler(kind);
        return Time.Run(async () =>
        {
            var made = await handler.CreateAsync(
                Create(kind, name, desired, generation), Operation(kind, name), default);
            return await handler.AwaitReadyAsync(made.Id, Operation(kind, name), default);
        });
    }

    public void Delete(string kind, string name, string id, int generation = 1) => Time.Run(() =>
        Handler(kind).DeleteAsync(
            new DeleteRequest(id, OwnerOf(kind, name, generation), Value.Map.Empty), Operation(kind, name), default));

    public ProviderException Refused(Action act) => Should.Throw<ProviderException>(act);

    public double NextDouble()
    {
        // Not always the same, and yet the same in each run.
        var number = Interlocked.Increment(ref _chance);
        return number * 0.618034 % 1;
    }

    public void Fill(Span<byte> bytes) => bytes.Clear();

    public Task EnsureAsync(TimeSpan requestTimeout, CancellationToken cancellation) => Task.CompletedTask;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _atWork);
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var fate = Fate(request);
        WorldReply? reply = null;
        if (fate != ProxmoxFate.NeverArrives)
        {
            lock (_gate)
                reply = Answer(request, body);
        }

        var answered = Task.Delay(
            (reply?.ServiceTime ?? TimeSpan.Zero) + TimeSpan.FromMilliseconds(1), Time, cancellationToken);
        Interlocked.Decrement(ref _atWork);
        await answered;
        if (reply is null)
            throw new HttpRequestException("the connection was reset");
        if (fate == ProxmoxFate.IsNeverAnswered)
            await Task.Delay(Timeout.InfiniteTimeSpan, Time, cancellationToken);
        if (fate == ProxmoxFate.LosesItsReply)
            throw new HttpRequestException("the connection was reset");
        var stream = reply.Stream is { } source
            ? new SimulatedReplyStream(reply.Body, source)
            {
                Deliver = static happening => happening(),
                Closed = source.Close,
            }.Opened()
            : null;
        return WireMessages.Response(reply, stream);
    }

    private WorldReply Answer(HttpRequestMessage request, byte[] body)
    {
        var path = request.RequestUri!.AbsolutePath;
        var type = request.Content?.Headers.ContentType?.ToString();
        var headers = new Dictionary<string, string>
        {
            ["authorization"] = request.Headers.GetValues("Authorization").Single(),
        };
        if (type is not null)
            headers["content-type"] = type;
        if (request.Headers.TryGetValues("Sec-WebSocket-Key", out var keys))
            headers["sec-websocket-key"] = keys.Single();
        Sent.Add((request.Method.Method, path, System.Text.Encoding.UTF8.GetString(body)));
        var reply = World.Handle(
            new WorldRequest
            {
                Method = request.Method.Method,
                Path = path,
                Query = request.RequestUri.Query.TrimStart('?'),
                Headers = ValueMap.From(headers),
                Body = body,
                Fault = Fault(request),
            },
            Time.Now);
        Contract?.Check(
            new WireRequest(request.Method.Method, path, request.RequestUri.Query.TrimStart('?'), type, body),
            new WireReply(reply.Status, reply.Headers.GetValueOrDefault("content-type"), reply.Body));
        return reply;
    }

    private ProxmoxServices NewServices(string credential = $"root@pam!test={Secret}") => ProxmoxServices.Create(
        new ProviderEnvironment
        {
            Time = Time,
            Random = this,
            Transport = this,
            Guard = this,
            Environment = static _ => null,
        },
        new ProxmoxConnection(new Uri("https://pve.test:8006"), credential, "env: PROXMOX_API_TOKEN"));
}
