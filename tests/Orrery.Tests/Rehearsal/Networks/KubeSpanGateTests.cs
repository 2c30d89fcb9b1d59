using System.Text.Json;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Rehearsal.Networks;

/// <summary>
/// Where machines speak through KubeSpan, nothing is handed over before each of them says that it is connected with
/// all others; where one is not, both are named.
/// </summary>
public sealed class KubeSpanGateTests
{
    private const string Three = "tests/Orrery.Tests/Rehearsal/KubeSpan";
    private const string Without = "tests/Orrery.Tests/Rehearsal/Talos";

    [Theory]
    [InlineData("version: v1.9.2, kubernetes: v1.32.0")]
    [InlineData("version: v1.14.0, kubernetes: v1.35.1")]
    public async Task Old_and_new_machines_are_waited_for_until_they_are_connected(string version)
    {
        var life = await LiveAsync(Three, "declare", "version: v1.9.2, kubernetes: v1.32.0", version, "up", "up");

        Outcomes(life).ShouldBe(["Converged", "Converged"], $"{life}");
        Numbers(life, "meshes").ShouldBe([1, 0], "machines that have not changed are not asked again");
        Text(life, 0, "waits").ShouldContain("KubeSpan connects all machines");
    }

    [Fact]
    public async Task A_port_that_is_closed_between_two_machines_is_named_with_both_and_opened_before_anything_goes_on()
    {
        var life = await LiveAsync(Three, "block", "worker-0", "worker-1", "up", "open", "up");

        Outcomes(life).ShouldBe(["Failed", "Converged"], $"{life}");
        var problem = Text(life, 0, "problems");
        problem.ShouldContain("APPLY009 talos/talos/kubespan/all KubeSpan does not connect all machines");
        problem.ShouldContain("worker-0 has its peer worker-1 (10.10.0.21:51820) in the state down");
        problem.ShouldContain("worker-1 has its peer worker-0 (10.10.0.20:51820) in the state down");
        problem.ShouldContain("look whether UDP 51820 is open between these machines, both ways");
        problem.ShouldNotContain("cp-0");
        problem.ShouldNotContain("discovery");
        Numbers(life, "probes").ShouldBe([0, 1], "pods are asked behind it");
    }

    [Theory]
    [InlineData("declare", "count: 2, cpu: 4, memory: 12Gi, disk: 20Gi, addresses: [10.10.0.20-10.10.0.21]",
        "count: 3, cpu: 4, memory: 12Gi, disk: 20Gi, addresses: [10.10.0.20-10.10.0.22]")]
    [InlineData("replace", "worker-1")]
    public async Task Another_machine_is_asked_and_all_others_are_asked_for_it(params string[] change)
    {
        var life = await LiveAsync(Three, ["up", .. change, "up"]);

        Outcomes(life).ShouldBe(["Converged", "Converged"], $"{life}");
        Numbers(life, "meshes").ShouldBe([1, 1]);
        Numbers(life, "probes").ShouldBe([1, 1]);
    }

    [Fact]
    public async Task A_cluster_that_turns_it_on_later_is_asked_then()
    {
        var life = await LiveAsync(
            Three, "declare", "betweenHosts: true", "betweenHosts: false", "up",
            "declare", "betweenHosts: false", "betweenHosts: true", "up");

        Outcomes(life).ShouldBe(["Converged", "Converged"], $"{life}");
        Numbers(life, "meshes").ShouldBe([0, 1]);
        Numbers(life, "probes").ShouldBe([1, 1], "another network carries the pods' packets");
    }

    [Fact]
    public async Task A_cluster_without_KubeSpan_is_asked_nothing()
    {
        var life = await LiveAsync(Without, "up");

        Outcomes(life).ShouldBe(["Converged"], $"{life}");
        Numbers(life, "meshes").ShouldBe([0]);
        Text(life, 0, "waits").ShouldNotContain("KubeSpan");
    }

    private static async Task<JsonElement> LiveAsync(string platform, params string[] acts)
    {
        var folder = Path.Combine(ContractFolder.RepositoryRoot, platform);
        using var report = JsonDocument.Parse(await ChildProcess.RehearseAsync(["network-life", folder, .. acts]));
        report.RootElement.TryGetProperty("error", out var error).ShouldBeFalse($"{error}");
        return report.RootElement.Clone();
    }

    private static string[] Outcomes(JsonElement life) =>
        [.. life.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("outcome").GetString() ?? "")];

    private static int[] Numbers(JsonElement life, string name) =>
        [.. life.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty(name).GetInt32())];

    private static string Text(JsonElement life, int run, string name) =>
        life.GetProperty("runs")[run].GetProperty(name).GetString() ?? "";
}
