using System.Text.Json;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Rehearsal;

/// <summary>
/// Clusters of Talos on Proxmox VE come up, are rebuilt and go away: one node whose addresses come from a CD, five
/// whose addresses are baked into their images, with one that moves and disks that are kept, three that ask DHCP, and
/// three that speak through KubeSpan.
/// </summary>
public sealed class TalosRehearsalTests
{
    private const string One = "examples/cloudlab";
    private const string Five = "tests/Orrery.Tests/Rehearsal/Talos";
    private const string Leased = "tests/Orrery.Tests/Rehearsal/Dhcp";
    private const string Replicated = "examples/fluodata";
    private const string Meshed = "tests/Orrery.Tests/Rehearsal/KubeSpan";

    [Theory]
    [InlineData(One, 1)]
    [InlineData(Five, 5)]
    [InlineData(Leased, 3)]
    [InlineData(Replicated, 3)]
    [InlineData(Meshed, 3)]
    public async Task The_lifecycle_converges_and_keeps_every_promise(string platform, int machines)
    {
        var report = await PlayAsync(platform, "1", "none");

        report.GetProperty("outcome").GetString().ShouldBe("converged");
        report.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("name").GetString())
            .ShouldBe(["up", "second-up", "rebuild", "destroy"]);
        report.GetProperty("orphans").GetArrayLength().ShouldBe(0);
        Broken(report).ShouldBeEmpty($"{report}");
        Checked(report, "destroy-leaves-only-protected").ShouldBeGreaterThanOrEqualTo(machines);
        Checked(report, "ip-addresses-unique").ShouldBeGreaterThanOrEqualTo(machines);
        Created(report, "rebuild", "proxmox/virtual-machine").ShouldBe(machines);
        Created(report, "rebuild", "secret/talos-secrets").ShouldBe(0, "the cluster keeps its authorities");
        Created(report, "rebuild", "proxmox/disk").ShouldBe(0, "and the disks that are kept");
    }

    /// <summary>Five nodes behind a machine on the internet; steps that take no time at all are left out.</summary>
    [Theory]
    [InlineData("examples/ducktape", "1")]
    [InlineData("examples/ducktape", "2")]
    [InlineData(Replicated, "1")]
    [InlineData(One, "1")]
    [InlineData(Meshed, "1")]
    [Trait("Category", Exploring.Category)]
    public async Task Every_step_takes_little_longer_than_the_world_itself_needs(string platform, string seed)
    {
        var report = await PlayAsync(platform, seed, "none");

        report.GetProperty("outcome").GetString().ShouldBe("converged");
        Broken(report).ShouldBeEmpty($"{report}");
        foreach (var step in report.GetProperty("steps").EnumerateArray())
        {
            var took = step.GetProperty("simulatedSeconds").GetDouble();
            var least = step.GetProperty("criticalPathSeconds").GetDouble();
            least.ShouldBeLessThanOrEqualTo(took);
            if (took >= 2)
                (took / least).ShouldBeLessThanOrEqualTo(1.10, $"{step.GetProperty("name")}");
        }
    }

    /// <summary>What a pod wrote to a file server is read through the same claim, by the cluster that comes after.
    /// </summary>
    [Fact]
    public async Task Claims_on_a_file_server_survive_a_rebuild()
    {
        var report = await PlayAsync(One, "1", "none");

        Checked(report, "protected-data-survives").ShouldBeGreaterThanOrEqualTo(8);
        Checked(report, "secrets-still-decrypt").ShouldBeGreaterThan(0);
    }

    /// <summary>Folders that are named by chance are there after a rebuild, and nobody finds them.</summary>
    [Fact]
    public async Task Claims_whose_folders_are_named_by_chance_are_noticed()
    {
        var folder = Directory.CreateTempSubdirectory("orrery-").FullName;
        try
        {
            var text = await File.ReadAllTextAsync(
                Path.Combine(ContractFolder.RepositoryRoot, One, "platform.yaml"));
            text.ShouldContain("path: /volume1/k8s }");
            await File.WriteAllTextAsync(Path.Combine(folder, "platform.yaml"), text.Replace(
                "path: /volume1/k8s }", "path: /volume1/k8s, values: { storageClass: { pathPattern: \"\" } } }",
                StringComparison.Ordinal));
            Broken(await PlayAsync(folder, "1", "none")).ShouldBe(["protected-data-survives"]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Longhorn's replicas stay on disks that are kept, and whose they are goes along with etcd.</summary>
    [Fact]
    public async Task Claims_on_replicated_disks_survive_a_rebuild()
    {
        var report = await PlayAsync(Replicated, "1", "none");

        Checked(report, "protected-data-survives").ShouldBeGreaterThanOrEqualTo(8);
        var rebuild = report.GetProperty("steps").EnumerateArray()
            .Single(step => step.GetProperty("name").GetString() == "rebuild");
        $"{rebuild.GetProperty("diagnostics")}".ShouldContain("DATA002");
        $"{rebuild.GetProperty("diagnostics")}".ShouldContain("tenant/data (Longhorn)");
    }

    /// <summary>Some of the moments; <c>--crash every</c> tries all.</summary>
    [Theory]
    [InlineData(One, 80)]
    [InlineData(Five, 150)]
    [InlineData(Replicated, 80)]
    [InlineData(Meshed, 40)]
    public async Task A_crash_at_any_moment_is_survived_without_orphan_or_double(string platform, int stride)
    {
        var crashes = (await PlayAsync(platform, "1", "none", $"every/{stride}")).GetProperty("crashes");

        var points = crashes.GetProperty("points").GetInt32();
        points.ShouldBeGreaterThan(4);
        crashes.GetProperty("converged").GetInt32().ShouldBe(points, $"{crashes}");
        crashes.GetProperty("orphans").GetInt32().ShouldBe(0);
        crashes.GetProperty("duplicates").GetInt32().ShouldBe(0);
    }

    [Theory]
    [InlineData(One)]
    [InlineData(Five)]
    [InlineData(Replicated)]
    [InlineData(Meshed)]
    [Trait("Category", Exploring.Category)]
    public async Task Storms_lose_nothing(string platform)
    {
        for (var seed = 1; seed <= Exploring.Times(1, 4); seed++)
        {
            var report = await PlayAsync(platform, $"{seed}", "storm");
            Broken(report).ShouldBeEmpty($"seed {seed}");
            report.GetProperty("orphans").GetArrayLength().ShouldBe(0, $"seed {seed}");
            if (report.GetProperty("outcome").GetString() != "converged")
                report.GetProperty("recovered").GetBoolean().ShouldBeTrue($"seed {seed}");
        }
    }

    /// <summary>An address that is declared cannot be at two machines; nothing plays as if it could.</summary>
    [Theory]
    [InlineData("rehearse", "--strategy", "blue-green")]
    [InlineData("simulate")]
    public async Task What_cannot_be_done_there_is_refused(params string[] words)
    {
        var result = await ChildProcess.OrreryAsync(ContractFolder.RepositoryRoot, [words[0], One, .. words[1..]]);

        result.ExitCode.ShouldBe(2, result.Output);
        result.Error.ShouldContain("The machines of 'cloudlab'");
    }

    private static async Task<JsonElement> PlayAsync(string platform, params string[] words)
    {
        var folder = Path.Combine(ContractFolder.RepositoryRoot, platform);
        using var report = JsonDocument.Parse(await ChildProcess.RehearseAsync([folder, "none", .. words]));
        report.RootElement.TryGetProperty("error", out var error).ShouldBeFalse($"{error}");
        return report.RootElement.Clone();
    }

    private static string[] Broken(JsonElement report) =>
    [
        .. report.GetProperty("invariants").EnumerateArray()
            .Where(invariant => !invariant.GetProperty("holds").GetBoolean())
            .Select(invariant => invariant.GetProperty("name").GetString() ?? ""),
    ];

    private static int Checked(JsonElement report, string name) => report.GetProperty("invariants").EnumerateArray()
        .Single(invariant => invariant.GetProperty("name").GetString() == name).GetProperty("checked").GetInt32();

    private static int Created(JsonElement report, string step, string type) => report.GetProperty("steps")
        .EnumerateArray().Single(each => each.GetProperty("name").GetString() == step).GetProperty("timeline")
        .EnumerateArray().Count(entry => entry.GetProperty("action").GetString() == "create"
            && (entry.GetProperty("address").GetString() ?? "").Contains($"/{type}/", StringComparison.Ordinal));
}
