using System.Text.Json;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Rehearsal;

/// <summary>
/// Clusters of Talos come to other versions node by node, whatever is lost on the way, and to other nodes.
/// </summary>
public sealed class TalosUpgradeTests
{
    private const string One = "examples/cloudlab";
    private const string Five = "tests/Orrery.Tests/Rehearsal/Talos";
    private const string Phases = "tests/Orrery.Tests/Rehearsal/TalosTopology";

    private static readonly string[] Upgraded =
    [
        "controlplane-0", "controlplane-1", "controlplane-2", "worker-0", "worker-1",
    ];

    [Theory]
    [InlineData(One, 4)]
    [InlineData(Five, 16)]
    public async Task An_upgrade_changes_one_node_after_the_other_and_converges(string platform, int updates)
    {
        var report = await PlayAsync(platform, "none", "1", "none", "upgrade");

        report.GetProperty("outcome").GetString().ShouldBe("converged", $"{report}");
        report.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("name").GetString())
            .ShouldBe(["up", "upgrade", "second-up"]);
        var upgrade = report.GetProperty("steps")[1];
        upgrade.GetProperty("changes").GetProperty("update").GetInt32().ShouldBe(updates);
        upgrade.GetProperty("changes").GetProperty("replace").GetInt32().ShouldBe(0);
        report.GetProperty("invariants").EnumerateArray()
            .ShouldAllBe(invariant => invariant.GetProperty("holds").GetBoolean());
    }

    /// <summary>Some of the moments; <c>--crash every</c> tries all.</summary>
    [Theory]
    [InlineData(One, 80)]
    [InlineData(Five, 300)]
    public async Task A_crash_in_an_upgrade_is_gone_on_from(string platform, int stride)
    {
        var crashes = (await PlayAsync(platform, "none", "1", "none", "upgrade", $"every/{stride}"))
            .GetProperty("crashes");

        var points = crashes.GetProperty("points").GetInt32();
        points.ShouldBeGreaterThan(2);
        crashes.GetProperty("converged").GetInt32().ShouldBe(points, $"{crashes}");
        crashes.GetProperty("orphans").GetInt32().ShouldBe(0);
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 100)]
    [InlineData(2, 430)]
    public async Task A_control_plane_that_is_lost_in_an_upgrade_loses_nothing(int victim, int seconds) =>
        (await LoseAsync(victim, seconds)).ShouldBeTrue("the upgrade is still under way");

    /// <summary>From the first request of an upgrade to its last.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [Trait("Category", Exploring.Category)]
    public async Task Nothing_is_lost_whenever_a_control_plane_is(int victim)
    {
        var seconds = 5;
        while (await LoseAsync(victim, seconds))
            seconds += Exploring.LossSeconds;

        seconds.ShouldBeGreaterThan(600, "an upgrade of five machines takes about twelve minutes");
    }

    [Fact]
    public async Task A_budget_that_lets_no_pod_go_stops_an_upgrade_and_is_named()
    {
        var life = await LiveAsync(Five, "budget", "2");

        Outcomes(life).ShouldBe(["Converged", "Failed"]);
        var problem = life.GetProperty("runs")[1].GetProperty("problems").GetString()!;
        problem.ShouldContain("was not emptied within 10 min, and takes pods again");
        problem.ShouldContain("default/web-");
        problem.ShouldContain("The disruption budget always needs 2 healthy pods and has 2 currently");
        life.GetProperty("web").GetInt32().ShouldBe(2);
        Texts(life, "nodes").ShouldAllBe(node => node.EndsWith("open", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pods_go_elsewhere_as_their_budget_allows()
    {
        var life = await LiveAsync(Five, "budget", "1");

        Outcomes(life).ShouldBe(["Converged", "Converged"]);
        life.GetProperty("web").GetInt32().ShouldBe(2);
        life.GetProperty("waits").GetString()!.ShouldContain("have gone elsewhere");
    }

    [Fact]
    public async Task Nodes_come_and_go_as_profiles_declare_them_also_the_first_control_plane()
    {
        var life = await LiveAsync(Phases, "profiles", "large", "moved");

        Outcomes(life).ShouldBe(["Converged", "Converged", "Converged"], $"{life}");
        Texts(life, "nodes").Select(node => node.Split(' ')[0])
            .ShouldBe(["controlplane-0", "controlplane-1", "controlplane-2", "worker-0"]);
        Texts(life, "members").Order(StringComparer.Ordinal)
            .ShouldBe(["controlplane-0 healthy", "controlplane-1 healthy", "controlplane-2 healthy"]);
        life.GetProperty("clusters").GetInt32().ShouldBe(1, "it is the same cluster");
        life.GetProperty("web").GetInt32().ShouldBe(2, "its pods have gone to the nodes that stay");
    }

    [Fact]
    public async Task No_control_plane_leaves_while_one_that_stays_is_ill()
    {
        var life = await LiveAsync(Phases, "weak");

        Outcomes(life).ShouldBe(["Converged", "Failed"]);
        life.GetProperty("runs")[1].GetProperty("problems").GetString()!
            .ShouldContain("TALOS017  alpha-0, controlplane-3 of cluster 'talos': etcd on controlplane-1");
        Texts(life, "members").Length.ShouldBe(5);
    }

    /// <returns>Whether the upgrade was still under way then.</returns>
    private static async Task<bool> LoseAsync(int victim, int seconds)
    {
        var life = await LiveAsync(Five, "lost", $"{victim}", $"{seconds}");
        var why = $"controlplane-{victim} after {seconds} s: {life}";

        var outcomes = Outcomes(life);
        outcomes[2..].ShouldBe(["Converged", "Converged"], why);
        if (outcomes[1] != "Converged")
        {
            life.GetProperty("runs")[1].GetProperty("problems").GetString()!
                .ShouldMatch($"'up'|{TalosLife.GoesOn}", customMessage: why);
        }

        life.GetProperty("word").GetBoolean().ShouldBeTrue(why);
        life.GetProperty("web").GetInt32().ShouldBe(2, why);
        life.GetProperty("clusters").GetInt32().ShouldBe(1, why);
        Texts(life, "members").Length.ShouldBe(3, why);
        Texts(life, "members").ShouldAllBe(member => member.EndsWith(" healthy", StringComparison.Ordinal), why);
        Texts(life, "nodes").ShouldBe(Upgraded.Select(node => $"{node} True Talos (v1.12.3) v1.35.1 open"), why);
        life.GetProperty("snapshots").GetInt32().ShouldBeGreaterThan(0);
        return life.GetProperty("lost").GetBoolean();
    }

    private static Task<JsonElement> LiveAsync(string platform, params string[] words) =>
        ReadAsync(["talos-life", FolderOf(platform), .. words]);

    private static Task<JsonElement> PlayAsync(string platform, params string[] words) =>
        ReadAsync([FolderOf(platform), .. words]);

    private static async Task<JsonElement> ReadAsync(string[] words)
    {
        using var report = JsonDocument.Parse(await ChildProcess.RehearseAsync(words));
        report.RootElement.TryGetProperty("error", out var error).ShouldBeFalse($"{error}");
        return report.RootElement.Clone();
    }

    private static string FolderOf(string platform) => Path.Combine(ContractFolder.RepositoryRoot, platform);

    private static string[] Outcomes(JsonElement life) =>
        [.. life.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("outcome").GetString() ?? "")];

    private static string[] Texts(JsonElement life, string name) =>
        [.. life.GetProperty(name).EnumerateArray().Select(item => item.GetString() ?? "")];
}
