using System.Text.Json;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Rehearsal.Networks;

/// <summary>
/// Nothing is handed over to a GitOps engine before the network of a cluster's pods was seen to carry packets from
/// every node to every other one, and to a service; where it does not, the node is named.
/// </summary>
public sealed class NetworkProbeTests
{
    private const string Five = "tests/Orrery.Tests/Rehearsal/Talos";
    private const string Delivered = "examples/fluodata";

    [Fact]
    public async Task A_broken_network_on_one_node_is_named_and_mended_before_anything_goes_on()
    {
        var life = await LiveAsync(Five, "break", "worker-1", "up", "mend", "up", "up");

        Outcomes(life).ShouldBe(["Failed", "Converged", "Converged"], $"{life}");
        var problem = Text(life, 0, "problems");
        problem.ShouldContain("APPLY009 talos/kubernetes/network-probe/all the network does not carry packets");
        problem.ShouldContain("controlplane-0 does not reach worker-1 (10.244.");
        problem.ShouldContain("worker-1 does not reach controlplane-2 (10.244.");
        problem.ShouldContain("worker-1 does not reach services (10.43.");
        problem.ShouldContain("silent for 4 s");
        problem.ShouldContain("look at cilium in kube-system on worker-1 mend what is named");
        Text(life, 0, "waits").ShouldContain("every node reaches every other one");
        life.GetProperty("runs").EnumerateArray().ShouldAllBe(run => !run.GetProperty("left").GetBoolean());
        Probes(life).ShouldBe([1, 1, 0], "a network that has not changed is not asked again");
    }

    [Fact]
    public async Task A_way_that_is_closed_between_two_nodes_is_named_with_both()
    {
        var life = await LiveAsync(Five, "cut", "controlplane-1", "worker-0", "up");

        Outcomes(life).ShouldBe(["Failed"]);
        var problem = Text(life, 0, "problems");
        problem.ShouldContain("controlplane-1 does not reach worker-0 (10.244.");
        problem.ShouldContain("worker-0 does not reach controlplane-1 (10.244.");
        problem.ShouldNotContain("worker-1 does not reach");
    }

    [Fact]
    public async Task Nothing_is_handed_over_before_the_network_works()
    {
        var life = await LiveAsync(Delivered, "break", "worker-0", "up", "mend", "up");

        Outcomes(life).ShouldBe(["Failed", "Converged"], $"{life}");
        life.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("delivered").GetBoolean())
            .ShouldBe([false, true]);
    }

    [Theory]
    [InlineData("count: 2, cpu: 8, memory: 16Gi, disk: 100Gi, addresses: [10.2.2.1-10.2.2.2]",
        "count: 3, cpu: 8, memory: 16Gi, disk: 100Gi, addresses: [10.2.2.1-10.2.2.3]")]
    [InlineData("hubble: true", "hubble: false")]
    public async Task Another_node_and_another_network_are_asked_again(string old, string changed)
    {
        var life = await LiveAsync(Five, "up", "declare", old, changed, "up");

        Outcomes(life).ShouldBe(["Converged", "Converged"], $"{life}");
        Probes(life).ShouldBe([1, 1]);
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

    private static int[] Probes(JsonElement life) =>
        [.. life.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("probes").GetInt32())];

    private static string Text(JsonElement life, int run, string name) =>
        life.GetProperty("runs")[run].GetProperty(name).GetString() ?? "";
}
