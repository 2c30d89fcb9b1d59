using System.Text.Json;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Rehearsal;

/// <summary>
/// What pods wrote through claims on Longhorn, when all machines are made anew: it is read again because the new
/// cluster begins with the objects of the old one, and where that cannot be, nothing is taken away.
/// </summary>
public sealed class ClaimsOfTalosTests
{
    private const string Platform = "examples/fluodata";
    private const string Retain = ", retain: true";

    [Fact]
    public async Task A_rebuilt_cluster_has_the_objects_of_the_old_one_and_its_pods_read_what_they_wrote()
    {
        var life = await LiveAsync("", "up", "Deployment", "word", "rebuild", "read");

        Outcomes(life).ShouldBe(["Converged", "Converged"], $"{life}");
        Problems(life, 1).ShouldContain("DATA002  In cluster 'fluodata', etcd is kept for the sake of");
        Problems(life, 1).ShouldContain("default/data");
        Read(life).ShouldBe(["kept"]);
        life.GetProperty("word").GetBoolean().ShouldBeTrue("nobody has it in a repository");
        life.GetProperty("cordoned").GetArrayLength().ShouldBe(0);
        life.GetProperty("snapshots").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Without_claims_that_need_it_a_rebuilt_cluster_begins_empty()
    {
        var life = await PlayAsync("examples/cloudlab", "", "up", "word", "rebuild");

        Outcomes(life).ShouldBe(["Converged", "Converged"], $"{life}");
        life.GetProperty("word").GetBoolean().ShouldBeFalse();
        life.GetProperty("snapshots").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task Replicas_on_disks_that_are_not_retained_are_lost_and_the_rebuild_is_refused()
    {
        var life = await LiveAsync(Retain, "up", "Deployment", "rebuild", "read");

        Refused(life, 1).ShouldContain("default/data (Longhorn, without a healthy replica on a disk that is retained)");
        Read(life).ShouldBe(["kept"]);
    }

    [Fact]
    public async Task A_cluster_that_is_lost_with_nothing_kept_is_not_begun_anew()
    {
        var life = await LiveAsync("", "up", "Deployment", "lose", "rebuild", "up");

        Refused(life, 1).ShouldContain("every claim on Longhorn would be lost");
        Refused(life, 2).ShouldContain("every claim on Longhorn would be lost");
    }

    [Fact]
    public async Task A_cluster_that_is_lost_begins_with_what_was_kept_last()
    {
        var life = await LiveAsync("", "up", "Deployment", "rebuild", "lose", "up", "read");

        Outcomes(life).ShouldBe(["Converged", "Converged", "Converged"], $"{life}");
        Problems(life, 2).ShouldContain("DATA003  Cluster 'fluodata' does not answer.");
        Read(life).ShouldBe(["kept"]);
    }

    [Fact]
    public async Task What_was_kept_is_used_only_while_it_is_young_and_whole()
    {
        var life = await LiveAsync("", "up", "Deployment", "rebuild", "lose", "damage", "rebuild", "days 8", "rebuild");

        Outcomes(life).ShouldBe(["Converged", "Converged", "Thrown", "Failed"]);
        Problems(life, 2).ShouldContain("the snapshot of etcd that was kept does not open");
        life.GetProperty("runs")[2].GetProperty("changes").GetInt32().ShouldBe(0);
        Refused(life, 3).ShouldContain("at most 7 days old");
    }

    [Fact]
    public async Task A_cluster_that_was_stopped_for_nothing_goes_on_with_the_next_up()
    {
        var life = await LiveAsync("", "up", "Deployment", "stop", "up", "read");

        Outcomes(life).ShouldBe(["Converged", "Converged"], $"{life}");
        Read(life).ShouldBe(["kept"]);
        life.GetProperty("cordoned").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Objects_are_not_taken_to_an_older_Kubernetes()
    {
        var life = await LiveAsync("", "up", "Deployment", "declare v1.32.0 v1.31.4", "rebuild");

        Outcomes(life).ShouldBe(["Converged", "Failed"], $"{life}");
        Problems(life, 1)
            .ShouldContain("DATA004  Cluster 'fluodata' runs Kubernetes v1.32.0, and v1.31.4 is declared.");
    }

    [Fact]
    public async Task A_volume_that_nobody_lets_go_of_stops_the_rebuild_and_the_nodes_take_pods_again()
    {
        var life = await LiveAsync("", "up", "DaemonSet", "rebuild", "read");

        Outcomes(life).ShouldBe(["Converged", "Thrown"], $"{life}");
        Problems(life, 1).ShouldContain("volumes are in use still after 10 min, and nothing was taken away");
        Problems(life, 1).ShouldContain("the pod default/writer-");
        Read(life).ShouldBe(["kept"]);
        life.GetProperty("cordoned").GetArrayLength().ShouldBe(0);
        life.GetProperty("snapshots").GetInt32().ShouldBe(0);
    }

    private static Task<JsonElement> LiveAsync(string without, params string[] acts) =>
        PlayAsync(Platform, without, acts);

    private static async Task<JsonElement> PlayAsync(string platform, string without, params string[] acts)
    {
        var folder = Path.Combine(ContractFolder.RepositoryRoot, platform);
        using var life = JsonDocument.Parse(
            await ChildProcess.RehearseAsync(["claim-life", folder, without, .. acts]));
        life.RootElement.TryGetProperty("error", out var error).ShouldBeFalse($"{error}");
        return life.RootElement.Clone();
    }

    /// <summary>Why a run was; it has changed nothing.</summary>
    private static string Refused(JsonElement life, int run)
    {
        Outcomes(life)[run].ShouldBe("Failed", $"{life}");
        Problems(life, run).ShouldContain("DATA001");
        life.GetProperty("runs")[run].GetProperty("changes").GetInt32().ShouldBe(0);
        return Problems(life, run);
    }

    private static string[] Outcomes(JsonElement life) =>
        [.. life.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("outcome").GetString() ?? "")];

    private static string Problems(JsonElement life, int run) =>
        life.GetProperty("runs")[run].GetProperty("problems").GetString() ?? "";

    private static string?[] Read(JsonElement life) =>
        [.. life.GetProperty("read").EnumerateArray().Select(read => read.GetString())];
}
