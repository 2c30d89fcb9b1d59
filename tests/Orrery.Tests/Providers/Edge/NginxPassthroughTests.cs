using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orrery.Model.Platforms;
using Orrery.Providers.Edge;
using Orrery.Tests.Programs;

namespace Orrery.Tests.Providers.Edge;

/// <summary>What nginx of Debian makes of our stream block: names that are declared, and everybody else.</summary>
public sealed class NginxPassthroughTests : IDisposable
{
    private const string Domain = "test-cluster.example.org";

    private static readonly ClusterEdge Declared = new("root@example.org")
    {
        Ingress = "10.2.3.2",
        Names = [$"*.{Domain}", "one.example.org"],
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("orrery-nginx-").FullName;

    private readonly X509Certificate2 _certificate = Certificate();
    private readonly TcpListener _ingress = new(IPAddress.Loopback, 0);

    public void Dispose()
    {
        _ingress.Dispose();
        _certificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Each_declared_name_leads_to_the_ingress_and_nothing_else_anywhere() =>
        NginxPassthrough.Of("the-cluster", Declared).ShouldBe(
            """
            stream {
                map $ssl_preread_server_name $orrery_the_cluster {
                    hostnames;
                    default "";
                    *.test-cluster.example.org 10.2.3.2:443;
                    one.example.org 10.2.3.2:443;
                }

                server {
                    listen 443;
                    listen [::]:443;
                    ssl_preread on;
                    preread_timeout 10s;
                    proxy_pass $orrery_the_cluster;
                    proxy_connect_timeout 5s;
                    proxy_timeout 1h;
                }
            }

            """);

    [Theory]
    [InlineData("10.2.3.2")]
    [InlineData("fd00::2")]
    public async Task Nginx_reads_it(string ingress)
    {
        var text = NginxPassthrough.Of("talos", Declared with { Ingress = ingress });
        var said = await TestAsync(text);
        said.ExitCode.ShouldBe(0, said.Said);
        (await TestAsync(text.Replace("ssl_preread on;", "ssl_preread perhaps;", StringComparison.Ordinal)))
            .ExitCode.ShouldBe(1);
    }

    [Theory]
    [InlineData($"app.{Domain}", true)]
    [InlineData($"a.b.{Domain}", true)]
    [InlineData("ONE.example.org", true)]
    [InlineData("two.example.org", false)]
    [InlineData(Domain, false)]
    [InlineData("", false)]
    public async Task Only_declared_names_reach_the_ingress_with_its_own_certificate(string name, bool isReached)
    {
        _ingress.Start();
        var (front, back) = (FreePort(), ((IPEndPoint)_ingress.LocalEndpoint).Port);
        var text = NginxPassthrough.Of("talos", Declared with { Ingress = "127.0.0.1" })
            .Replace("127.0.0.1:443", $"127.0.0.1:{back}", StringComparison.Ordinal)
            .Replace("listen 443;", $"listen 127.0.0.1:{front};", StringComparison.Ordinal)
            .Replace("listen [::]:443;", "", StringComparison.Ordinal);
        using var nginx = DebianProgram.Start("nginx", Arguments(text, "daemon off; master_process off;"));
        try
        {
            var serving = ServeOnceAsync();
            var shown = await ShownToAsync(front, name);
            shown.ShouldBe(isReached ? _certificate.Thumbprint : null);
            if (isReached)
                await serving.WaitAsync(TimeSpan.FromSeconds(10));
            else
                serving.IsCompleted.ShouldBeFalse("nobody came");
        }
        finally
        {
            nginx.Kill();
            await nginx.WaitForExitAsync();
        }
    }

    private Task<(int ExitCode, string Said)> TestAsync(string text) =>
        DebianProgram.RunAsync("nginx", [], ["-t", .. Arguments(text, "")]);

    private string[] Arguments(string text, string more)
    {
        var (main, ours) = (Path.Combine(_folder, "nginx.conf"), Path.Combine(_folder, "ours.conf"));
        File.WriteAllText(ours, text);
        File.WriteAllText(main, $$"""
            load_module /usr/lib/nginx/modules/ngx_stream_module.so;
            pid {{_folder}}/nginx.pid;
            error_log stderr;
            {{more}}
            events {}
            include {{ours}};
            """);
        return ["-p", _folder, "-c", main, "-e", "stderr"];
    }

    private async Task ServeOnceAsync()
    {
        using var client = await AcceptAsync();
        if (client is null)
            return;
        await using var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsServerAsync(_certificate);
    }

    /// <summary>Null when the test is over.</summary>
    private async Task<TcpClient?> AcceptAsync()
    {
        try
        {
            return await _ingress.AcceptTcpClientAsync();
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>The certificate that a client sees; null where the connection ends before.</summary>
    private static async Task<string?> ShownToAsync(int port, string name)
    {
        using var client = await ConnectAsync(port);
        string? shown = null;
        await using var stream = new SslStream(
            client.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) =>
            {
                shown = (certificate as X509Certificate2)?.Thumbprint;
                return shown is not null;
            });
        try
        {
            // An address is not sent as a name: the client then says none.
            await stream.AuthenticateAsClientAsync(name.Length > 0 ? name : "127.0.0.1");
        }
        catch (Exception ended) when (ended is IOException or AuthenticationException)
        {
            return shown;
        }

        return shown;
    }

    private static async Task<TcpClient> ConnectAsync(int port)
    {
        TcpClient? client = null;
        var began = Stopwatch.GetTimestamp();
        while (client is null)
        {
            var attempt = new TcpClient();
            try
            {
                await attempt.ConnectAsync(IPAddress.Loopback, port);
                client = attempt;
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(10))
            {
                attempt.Dispose();
                await Task.Delay(20);
            }
        }

        return client;
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(
            string.Create(CultureInfo.InvariantCulture, $"CN=*.{Domain}"), key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
    }
}
