using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Orrery.Tests.Providers.Kubernetes;

/// <summary>An authority that makes certificates as a cluster's does.</summary>
internal sealed class Authority : IDisposable
{
    private static readonly DateTimeOffset From = DateTimeOffset.UtcNow.AddDays(-1);

    private readonly X509Certificate2 _own;

    public Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _own = request.CreateSelfSigned(From, From.AddDays(30));
    }

    public string Pem => _own.ExportCertificatePem();

    /// <param name="address">Null for a client.</param>
    public (string Certificate, string Key) Issue(string name, string? address)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        if (address is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Parse(address));
            request.CertificateExtensions.Add(names.Build());
        }

        var usage = address is null ? "1.3.6.1.5.5.7.3.2" : "1.3.6.1.5.5.7.3.1";
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], true));
        using var issued = request.Create(_own, From, From.AddDays(20), RandomNumberGenerator.GetBytes(8));
        return (issued.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public bool HasIssued(X509Certificate? certificate)
    {
        if (certificate is null)
            return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.Add(_own);
        return chain.Build((X509Certificate2)certificate);
    }

    public void Dispose() => _own.Dispose();
}

/// <summary>
/// A server on loopback with TLS that takes clients of one authority only, and says to each who it is.
/// </summary>
internal sealed class TlsServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _serving;
    private readonly X509Certificate2 _own;

    public TlsServer(Authority authority, string address)
    {
        var (certificate, key) = authority.Issue("server", address);
        using var pem = X509Certificate2.CreateFromPem(certificate, key);
        _own = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        _listener.Start();
        _serving = ServeAsync(authority);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async Task<Stream> ConnectAsync(CancellationToken cancellation)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port, cancellation);
        return client.GetStream();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _serving;
        _end.Dispose();
        _own.Dispose();
    }

    private async Task ServeAsync(Authority authority)
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_end.Token);
                await AnswerAsync(client, authority);
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException
                or System.Security.Authentication.AuthenticationException)
            {
                // A client that is refused or refuses; the next one comes.
            }
        }
    }

    private async Task AnswerAsync(TcpClient client, Authority authority)
    {
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = _own,
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = (_, certificate, _, _) => authority.HasIssued(certificate),
            },
            _end.Token);
        var request = new byte[4096];
        if (await tls.ReadAsync(request, _end.Token) == 0)
            return;
        var body = $$"""{"gitVersion":"{{tls.RemoteCertificate!.Subject}}"}""";
        var reply = $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n"
            + $"Connection: close\r\n\r\n{body}";
        await tls.WriteAsync(Encoding.ASCII.GetBytes(reply), _end.Token);
    }
}
