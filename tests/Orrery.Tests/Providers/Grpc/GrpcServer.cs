using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Orrery.Cli.Simulating;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Grpc;
using Orrery.Providers.Kubernetes;
using Orrery.Simulation.Sites;
using Orrery.Simulation.Worlds;

namespace Orrery.Tests.Providers.Grpc;

/// <summary>
/// A real server of HTTP/2 with mutual TLS on a loopback socket, which answers as a world does, and a client for it.
/// </summary>
internal sealed class GrpcServer : IWorld, IRandomSource, IWriterGuard, IAsyncDisposable
{
    private static readonly TestAuthority Authority = new("OS");

    private readonly LiveSite _live = new(new Site(new SiteOptions()), TimeProvider.System);
    private readonly Func<WorldRequest, WorldReply> _answer;
    private HttpDoor? _door;

    private GrpcServer(Func<WorldRequest, WorldReply> answer) => _answer = answer;

    public string Name => "grpc";

    public IReadOnlyList<ServiceRecord> Service => [];

    public List<WorldRequest> Requests { get; } = [];

    public int Guarded { get; private set; }

    public Uri Address => new($"https://127.0.0.1:{_door!.Port}");

    public static async Task<GrpcServer> StartAsync(Func<WorldRequest, WorldReply> answer)
    {
        var server = new GrpcServer(answer);
        var tls = new HttpsConnectionAdapterOptions
        {
            ServerCertificate = Authority.Server(IPAddress.Loopback),
            ClientCertificateMode = ClientCertificateMode.RequireCertificate,
            ClientCertificateValidation = (certificate, _, _) => certificate.Issuer == Authority.Name,
        };
        server._door = await HttpDoor.OpenAsync(
            server._live, new IPEndPoint(IPAddress.Loopback, 0), tls, (request, _) => (_ => server, request));
        return server;
    }

    public GrpcChannel Channel(Func<Connection, Connection>? change = null)
    {
        var (certificate, key) = Authority.Client("os:admin");
        var connection = new Connection
        {
            Server = Address,
            CertificateAuthority = Authority.Certificate,
            ClientCertificate = certificate,
            ClientKey = key,
        };
        var environment = new ProviderEnvironment
        {
            Time = TimeProvider.System,
            Random = this,
            Transport = new HttpClientHandler(),
            Guard = this,
            Environment = _ => null,
        };
        var wire = KubernetesWire.Direct(change is null ? connection : change(connection));
        return GrpcChannel.Create(environment, wire, new GrpcTarget(Address, "test", "the test server"));
    }

    public WorldReply Handle(WorldRequest request, TimeSpan now)
    {
        Requests.Add(request);
        return _answer(request);
    }

    public double NextDouble() => 0.5;

    public void Fill(Span<byte> bytes) => bytes.Clear();

    public Task EnsureAsync(TimeSpan requestTimeout, CancellationToken cancellation)
    {
        Guarded++;
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _door!.DisposeAsync();
        _live.Dispose();
    }

    /// <summary>A reply with whole messages, as they stand on the wire, and its trailers.</summary>
    public static WorldReply Reply(ReadOnlyMemory<byte> framed, params (string Name, string Value)[] trailers) => new()
    {
        Status = 200,
        Headers = ValueMap.Of(("content-type", "application/grpc")),
        Body = framed,
        Trailers = ValueMap.Of(trailers),
        ServiceTime = TimeSpan.Zero,
    };
}

/// <summary>An authority with a fresh key, and what it signs.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset From = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset Until = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly X509Certificate2 _own;
    private int _signed;

    public TestAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"O={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _own = request.CreateSelfSigned(From, Until);
    }

    public string Name => _own.Subject;

    public string Certificate => _own.ExportCertificatePem();

    public string Key => _own.GetECDsaPrivateKey()!.ExportECPrivateKeyPem();

    public X509Certificate2 Server(params IPAddress[] addresses)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var address in addresses)
            names.AddIpAddress(address);
        return Sign("CN=server", names.Build());
    }

    public (string Certificate, string Key) Client(string organisation)
    {
        using var certificate = Sign($"O={organisation}", null);
        return (certificate.ExportCertificatePem(), certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => _own.Dispose();

    private X509Certificate2 Sign(string subject, X509Extension? extension)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        if (extension is not null)
            request.CertificateExtensions.Add(extension);
        using var certificate = request.Create(_own, From, Until, [1, (byte)++_signed]);
        return certificate.CopyWithPrivateKey(key);
    }
}
