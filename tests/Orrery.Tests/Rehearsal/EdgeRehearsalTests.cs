using System.Text.Json;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Rehearsal;

/// <summary>A cluster of one node, and a machine of people in front of it.</summary>
public sealed class EdgeRehearsalTests
{
    private const string Behind = "tests/Orrery.Tests/Rehearsal/Edge";

    [Fact]
    public async Task The_lifecycle_converges_and_takes_away_only_what_is_ours()
    {
        var report = await PlayAsync("1", "none");

        report.GetProperty("outcome").GetString().ShouldBe("converged", $"{report}");
        report.GetProperty("orphans").GetArrayLength().ShouldBe(0);
        report.GetProperty("invariants").EnumerateArray()
            .ShouldAllBe(invariant => invariant.GetProperty("holds").GetBoolean(), $"{report}");
        string[] files = ["talos/edge/dns-secondary/edge", "talos/edge/nginx/edge"];
        const string Vps = "talos/edge/tailnet-node/edge", Node = "talos/talos/tailnet-member/node-0";
        Changes(report, "up").ShouldBe([.. files.Append(Vps).Append(Node).Select(each => $"{each} create")]);
        Changes(report, "second-up").ShouldBeEmpty();
        Changes(report, "rebuild")
            .ShouldBe([$"{Node} create", $"{Node} delete"], "the rest leads to addresses that stay");
        Changes(report, "destroy").ShouldBe([.. files.Append(Vps).Append(Node).Select(each => $"{each} delete")]);
    }

    /// <summary>Some of the moments; <c>--crash every</c> tries all.</summary>
    [Fact]
    public async Task A_crash_at_any_moment_is_survived_without_orphan_or_double()
    {
        var crashes = (await PlayAsync("1", "none", "every/70")).GetProperty("crashes");

        var points = crashes.GetProperty("points").GetInt32();
        points.ShouldBeGreaterThan(4);
        crashes.GetProperty("converged").GetInt32().ShouldBe(points, $"{crashes}");
        crashes.GetProperty("orphans").GetInt32().ShouldBe(0);
        crashes.GetProperty("duplicates").GetInt32().ShouldBe(0);
    }

    private static async Task<JsonElement> PlayAsync(params string[] words)
    {
        var folder = Path.Combine(ContractFolder.RepositoryRoot, Behind);
        using var report = JsonDocument.Parse(await ChildProcess.RehearseAsync([folder, "none", .. words]));
        report.RootElement.TryGetProperty("error", out var error).ShouldBeFalse($"{error}");
        return report.RootElement.Clone();
    }

    private static string[] Changes(JsonElement report, string step) =>
    [
        .. report.GetProperty("steps").EnumerateArray()
            .Single(each => each.GetProperty("name").GetString() == step).GetProperty("timeline").EnumerateArray()
            .Select(entry => $"{entry.GetProperty("address").GetString()} {entry.GetProperty("action").GetString()}")
            .Where(entry => entry.Contains("/edge/", StringComparison.Ordinal)
                || entry.Contains("/tailnet-member/", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];
}
