using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Orrery.Model.Platforms;
using Orrery.Providers.Edge;
using Orrery.Tests.Programs;

namespace Orrery.Tests.Providers.Edge;

/// <summary>A zone on its way from PowerDNS, as the cluster runs it, to NSD with our configuration.</summary>
public sealed class NsdSecondaryTests : IDisposable
{
    private const string Zone = "test-cluster.example.org";

    // orrery-guard:allow password digits and letters in order, no key of anybody
    private const string Secret = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    private readonly string _folder = Directory.CreateTempSubdirectory("orrery-dns-").FullName;
    private readonly List<Process> _servers = [];

    /// <summary>By the primary.</summary>
    private readonly ConcurrentQueue<string> _said = new();

    public void Dispose()
    {
        foreach (var server in _servers)
        {
            server.Kill(entireProcessTree: true);
            server.WaitForExit();
            server.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Transfers_are_signed_both_ways_and_nobody_may_have_more() =>
        NsdSecondary.Of("talos", new SecondaryDns(Zone, "10.2.3.3")).ShouldBe(
            """
            key:
                name: "orrery-talos"
                algorithm: hmac-sha256
                secret: "@secret@"
            zone:
                name: "test-cluster.example.org"
                zonefile: "/var/lib/nsd/test-cluster.example.org.zone"
                allow-notify: 0.0.0.0/0 orrery-talos
                allow-notify: ::/0 orrery-talos
                request-xfr: AXFR 10.2.3.3 orrery-talos

            """);

    [Theory]
    [InlineData("10.2.3.3")]
    [InlineData("fd00::3")]
    public async Task Nsd_reads_it(string primary)
    {
        var text = NsdSecondary.Of("talos", new SecondaryDns(Zone, primary));
        var file = Write("nsd.conf", text.Replace(NsdSecondary.SecretPlace, Secret, StringComparison.Ordinal));
        (await DebianProgram.RunAsync("nsd-checkconf", [], file)).ShouldBe((0, ""));
        (await DebianProgram.RunAsync("nsd-checkconf", [], Write("nsd.conf", text))).ExitCode.ShouldNotBe(0);
    }

    [Fact]
    public async Task What_the_cluster_says_the_secondary_says_and_only_with_the_key()
    {
        var primary = await StartPrimaryAsync();
        var (right, wrong) = (StartSecondary("right", primary, Secret), StartSecondary("wrong", primary,
            Convert.ToBase64String(new byte[32])));

        await Eventually.HoldsAsync(() => Ask(right, $"app.{Zone}") == "203.0.113.7", "the zone is transferred");
        Ask(right, $"other.{Zone}").ShouldBeNull();
        await Eventually.HoldsAsync(
            () => _said.Any(line => line.EndsWith("'orrery-talos' failed to validate", StringComparison.Ordinal)),
            "the other key is refused");
        Ask(wrong, $"app.{Zone}").ShouldBeNull();
    }

    /// <summary>As the cluster's: it serves the zone to whoever signs with the key.</summary>
    private async Task<int> StartPrimaryAsync()
    {
        var port = FreePort();
        Write("zone", $"""
            $ORIGIN {Zone}.
            @ 300 IN SOA ns.{Zone}. ops.example.org. 1 300 60 86400 60
            @ 300 IN NS ns.{Zone}.
            ns 300 IN A 203.0.113.7
            app 300 IN A 203.0.113.7

            """);
        Write("named.conf", $$"""zone "{{Zone}}" { type native; file "{{_folder}}/zone"; };""");
        Write("pdns.conf", $"""
            launch=bind
            bind-config={_folder}/named.conf
            bind-dnssec-db={_folder}/keys.db
            local-address=127.0.0.1
            local-port={port}
            socket-dir={_folder}
            primary=yes
            allow-axfr-ips=
            """);
        await ToolAsync("create-bind-db", $"{_folder}/keys.db");
        await ToolAsync("import-tsig-key", SecondaryDns.KeyNameOf("talos"), "hmac-sha256", Secret);
        await ToolAsync("activate-tsig-key", Zone, SecondaryDns.KeyNameOf("talos"), "primary");
        var server = DebianProgram.Start(
            "pdns_server", $"--config-dir={_folder}", "--guardian=no", "--daemon=no", "--write-pid=no");
        _servers.Add(server);
        server.ErrorDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
        server.BeginErrorReadLine();
        await Eventually.HoldsAsync(() => Ask(port, $"app.{Zone}") == "203.0.113.7", "the primary answers");
        return port;
    }

    private int StartSecondary(string name, int primary, string secret)
    {
        var port = FreePort();
        var ours = NsdSecondary.Of("talos", new SecondaryDns(Zone, "127.0.0.1"))
            .Replace(NsdSecondary.SecretPlace, secret, StringComparison.Ordinal)
            .Replace("AXFR 127.0.0.1 ", $"AXFR 127.0.0.1@{primary} ", StringComparison.Ordinal)
            .Replace("/var/lib/nsd/", $"{_folder}/{name}.", StringComparison.Ordinal);
        var main = Write($"{name}.conf", $"""
            server:
                ip-address: 127.0.0.1@{port}
                username: ""
                pidfile: ""
                database: ""
                zonesdir: "{_folder}"
                xfrdir: "{_folder}"
                xfrdfile: "{_folder}/{name}.xfrd"
                zonelistfile: "{_folder}/{name}.list"
                logfile: "{_folder}/{name}.log"
                verbosity: 2
            remote-control:
                control-enable: no
            {ours}
            """);
        _servers.Add(DebianProgram.Start("nsd", "-d", "-c", main));
        return port;
    }

    private async Task ToolAsync(params string[] words)
    {
        var said = await DebianProgram.RunAsync("pdnsutil", [], [$"--config-dir={_folder}", .. words]);
        said.ExitCode.ShouldBe(0, said.Said);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>The address of a name, asked over UDP (RFC 1035, 4.1); null without an answer.</summary>
    private static string? Ask(int port, string name)
    {
        byte[] question =
        [
            0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
            .. name.Split('.').SelectMany(label => Encoding.ASCII.GetBytes(label).Prepend((byte)label.Length)),
            0, 0, 1, 0, 1,
        ];
        using var client = new UdpClient();
        client.Client.ReceiveTimeout = 500;
        try
        {
            client.Connect(IPAddress.Loopback, port);
            client.Send(question);
            var from = new IPEndPoint(IPAddress.Any, 0);
            var reply = client.Receive(ref from);
            var answers = BinaryPrimitives.ReadUInt16BigEndian(reply.AsSpan(6));
            // One answer: a pointer to the name, type, class, time to live and length, and then its four bytes.
            return answers == 1 ? $"{new IPAddress(reply.AsSpan(question.Length + 12, 4))}" : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
