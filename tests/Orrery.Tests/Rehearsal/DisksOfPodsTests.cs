using System.Text.Json;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Rehearsal;

/// <summary>
/// Pods of Talos on Proxmox VE whose claims are disks of no machine: what becomes of them, and of who gives them out,
/// when machines are made anew or go away.
/// </summary>
public sealed class DisksOfPodsTests
{
    private const string Platform = "tests/Orrery.Tests/Rehearsal/ProxmoxCsi";

    [Fact]
    public async Task A_claim_is_a_disk_in_the_machine_of_its_pod_and_no_difference_to_the_declaration()
    {
        var life = await LiveAsync("up", "Deployment", "up", "read");

        Outcomes(life).ShouldBe(["Converged", "Converged"], $"{life}");
        Changes(life, 1).ShouldBe(0);
        Read(life).ShouldBe(["kept"]);
        Disks(life).ShouldHaveSingleItem().ShouldStartWith("local-zfs:vm-9999-pvc-");
        life.GetProperty("attached").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task A_rebuilt_cluster_attaches_the_disk_again_and_its_pod_reads_what_was_written()
    {
        var life = await LiveAsync("up", "Deployment", "rebuild", "read");

        Outcomes(life).ShouldBe(["Converged", "Converged"], $"{life}");
        Problems(life, 1).ShouldContain(
            "DATA002  In cluster 'talos', etcd is kept for the sake of default/data (Proxmox CSI).");
        Read(life).ShouldBe(["kept"]);
        Disks(life).Length.ShouldBe(1);
        life.GetProperty("cordoned").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_claim_that_may_go_keeps_no_etcd_and_its_disk_stays_all_the_same()
    {
        var life = await LiveAsync("up", "Deployment", "dispose", "rebuild");

        Outcomes(life).ShouldBe(["Converged", "Converged"], $"{life}");
        Problems(life, 1).ShouldBe(
            $"DATA005  Of cluster 'talos': {Disks(life).Single()} (default/data).", "nothing else is said");
        life.GetProperty("snapshots").GetInt32().ShouldBe(0);
        Disks(life).Length.ShouldBe(1);
        life.GetProperty("attached").GetInt32().ShouldBe(0, "no machine is deleted with it");
    }

    [Fact]
    public async Task A_destroy_says_which_disks_stay()
    {
        var life = await LiveAsync("up", "Deployment", "destroy");

        Outcomes(life).ShouldBe(["Converged", "Converged"], $"{life}");
        Problems(life, 1).ShouldContain($"DATA005  Of cluster 'talos': {Disks(life).Single()} (default/data).");
        life.GetProperty("attached").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task A_disk_on_a_host_that_is_not_declared_any_more_stops_the_rebuild()
    {
        var life = await LiveAsync("up", "Deployment", "declare [atlas] [other]", "rebuild");

        Outcomes(life).ShouldBe(["Converged", "Failed"], $"{life}");
        Problems(life, 1).ShouldContain(
            "default/data (a disk of the host atlas, which is not declared any more)");
        Changes(life, 1).ShouldBe(0);
    }

    [Fact]
    public async Task With_a_token_that_is_refused_a_pod_waits_and_is_told_why()
    {
        var life = await LiveAsync("up", "distrust", "wait");

        Read(life).Single().ShouldBe(
            "failed to provision volume with StorageClass \"proxmox\": rpc error: code = Internal desc = not "
            + "authorized to access endpoint");
        Disks(life).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_crash_at_any_moment_is_survived_and_loses_no_disk()
    {
        var folder = Path.Combine(ContractFolder.RepositoryRoot, Platform);
        using var report = JsonDocument.Parse(
            await ChildProcess.RehearseAsync([folder, "none", "1", "none", "every/40"]));
        report.RootElement.TryGetProperty("error", out var error).ShouldBeFalse($"{error}");
        var crashes = report.RootElement.GetProperty("crashes");

        var points = crashes.GetProperty("points").GetInt32();
        points.ShouldBeGreaterThan(4);
        crashes.GetProperty("converged").GetInt32().ShouldBe(points, $"{crashes}");
        crashes.GetProperty("orphans").GetInt32().ShouldBe(0);
    }

    private static async Task<JsonElement> LiveAsync(params string[] acts)
    {
        var folder = Path.Combine(ContractFolder.RepositoryRoot, Platform);
        using var life = JsonDocument.Parse(await ChildProcess.RehearseAsync(["claim-life", folder, "", .. acts]));
        life.RootElement.TryGetProperty("error", out var error).ShouldBeFalse($"{error}");
        return life.RootElement.Clone();
    }

    private static string[] Outcomes(JsonElement life) =>
        [.. life.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("outcome").GetString() ?? "")];

    private static string Problems(JsonElement life, int run) =>
        life.GetProperty("runs")[run].GetProperty("problems").GetString() ?? "";

    private static int Changes(JsonElement life, int run) =>
        life.GetProperty("runs")[run].GetProperty("changes").GetInt32();

    private static string[] Disks(JsonElement life) => Texts(life, "disks");

    private static string[] Read(JsonElement life) => Texts(life, "read");

    private static string[] Texts(JsonElement life, string name) =>
        [.. life.GetProperty(name).EnumerateArray().Select(text => text.GetString() ?? "")];
}
