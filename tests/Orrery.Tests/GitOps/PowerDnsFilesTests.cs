using Orrery.GitOps.Catalog;
using Orrery.Model.Values;
using Orrery.Tests.Model;
using Orrery.Tests.Programs;

namespace Orrery.Tests.GitOps;

/// <summary>What PowerDNS begins with, as PowerDNS itself takes it.</summary>
public sealed class PowerDnsFilesTests : IDisposable
{
    private const string Zone = "test-cluster.agentydragon.com";

    private const string Key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    private static readonly string UpdateKey = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray());

    private readonly string _folder = Directory.CreateTempSubdirectory("orrery-powerdns-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_zone_is_made_once_and_whoever_signs_may_have_it()
    {
        Write();
        (await PrepareAsync(Key)).ExitCode.ShouldBe(0);
        (await ToolAsync("add-record", Zone, "kept", "A", "203.0.113.7")).ExitCode.ShouldBe(0);
        var again = await PrepareAsync(Key);
        again.ExitCode.ShouldBe(0, again.Said);

        var zone = (await ToolAsync("list-zone", Zone)).Said;
        zone.ShouldContain($"*.{Zone}\t300\tIN\tCNAME\tagentydragon.com.");
        zone.ShouldContain($"{Zone}\t3600\tIN\tNS\tagentydragon.com.");
        zone.ShouldContain($"kept.{Zone}");
        (await ToolAsync("check-zone", Zone)).Said.ShouldContain("0 errors");
        (await ToolAsync("get-meta", Zone, "TSIG-ALLOW-AXFR")).Said.ShouldContain("orrery-talos");
        (await ToolAsync("list-tsig-keys")).Said.ShouldContain($"orrery-talos. hmac-sha256. {Key}");
        (await File.ReadAllTextAsync($"{_folder}/run/api-key.conf")).ShouldBe("api-key=door\n");
    }

    /// <summary>A secondary that is taken over has the zone, and cannot say what it is.</summary>
    [Fact]
    public async Task Changes_are_signed_by_another_key_than_transfers()
    {
        Write();
        (await PrepareAsync(Key)).ExitCode.ShouldBe(0);

        (await ToolAsync("list-tsig-keys")).Said.ShouldContain($"orrery-talos-updates. hmac-sha256. {UpdateKey}");
        var allowed = (await ToolAsync("get-meta", Zone, "TSIG-ALLOW-DNSUPDATE")).Said;
        allowed.ShouldContain("TSIG-ALLOW-DNSUPDATE = orrery-talos-updates");
        (await ToolAsync("get-meta", Zone, "ALLOW-DNSUPDATE-FROM")).Said.ShouldContain("0.0.0.0/0, ::/0");
        (await ToolAsync("get-meta", Zone, "NOTIFY-DNSUPDATE")).Said.ShouldContain("1");
    }

    [Fact]
    public async Task Another_key_takes_the_place_of_the_one_before()
    {
        Write();
        var other = Convert.ToBase64String(new byte[32]);
        (await PrepareAsync(Key)).ExitCode.ShouldBe(0);
        (await PrepareAsync(other)).ExitCode.ShouldBe(0);
        var keys = (await ToolAsync("list-tsig-keys")).Said;
        keys.ShouldContain(other);
        keys.ShouldNotContain(Key);
    }

    /// <summary>As in the pod, with its folders below ours.</summary>
    private void Write()
    {
        var platform = TalosPlatformTests.Meant("ducktape");
        var files = Components.Of(platform, platform.Clusters["talos"]).Single(each => each.Name == "powerdns")
            .Objects["powerdns-files.yaml"]["data"];
        foreach (var folder in (string[])["data", "etc", "run"])
            Directory.CreateDirectory($"{_folder}/{folder}");
        foreach (var (name, text) in ((Value.Map)files).Fields)
        {
            File.WriteAllText($"{_folder}/etc/{name}", (text.AsText() ?? "")
                .Replace("/etc/orrery", $"{_folder}/etc", StringComparison.Ordinal)
                .Replace("/run/orrery", $"{_folder}/run", StringComparison.Ordinal)
                .Replace("/var/lib/powerdns", $"{_folder}/data", StringComparison.Ordinal)
                // Where Debian's package has it.
                .Replace(
                    "/usr/local/share/doc/pdns", "/usr/share/pdns-backend-sqlite3/schema", StringComparison.Ordinal));
        }
    }

    private Task<(int ExitCode, string Said)> PrepareAsync(string key) => DebianProgram.RunAsync(
        "env", [], "API_KEY=door", $"TRANSFER_KEY={key}", $"UPDATE_KEY={UpdateKey}", "sh", $"{_folder}/etc/prepare.sh");

    private Task<(int ExitCode, string Said)> ToolAsync(params string[] words) =>
        DebianProgram.RunAsync("pdnsutil", [], [$"--config-dir={_folder}/etc", .. words]);
}
