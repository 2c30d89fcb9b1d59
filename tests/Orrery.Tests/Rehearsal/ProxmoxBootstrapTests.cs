using System.Text.Json;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Rehearsal;

/// <summary>
/// A Proxmox VE to which nobody has a token: the users and their tokens are made over SSH, then everything else with
/// the rights that these have, and no others.
/// </summary>
public sealed class ProxmoxBootstrapTests
{
    private const string Platform = "tests/Orrery.Tests/Rehearsal/ProxmoxBootstrap";

    [Fact]
    public async Task The_lifecycle_converges_and_makes_each_token_once()
    {
        var report = await PlayAsync("1", "none");

        report.GetProperty("outcome").GetString().ShouldBe("converged");
        Broken(report).ShouldBeEmpty($"{report}");
        report.GetProperty("orphans").GetArrayLength().ShouldBe(0);
        Tokens(report, "up").ShouldBe(["create csi", "create provisioner"]);
        Tokens(report, "rebuild").ShouldBeEmpty();
        Tokens(report, "destroy").ShouldBeEmpty("a token is kept like a key");
    }

    [Fact]
    public async Task A_rotation_makes_the_next_tokens_and_then_revokes_those_before()
    {
        var report = await PlayAsync("1", "none", "rotate");

        report.GetProperty("outcome").GetString().ShouldBe("converged");
        Broken(report).ShouldBeEmpty($"{report}");
        Tokens(report, "rotate").ShouldBe(
            ["create csi-2", "create provisioner-2", "update csi", "update provisioner"]);
    }

    /// <summary>Some of the moments; <c>--crash every</c> tries all.</summary>
    [Theory]
    [InlineData("lifecycle", 60)]
    [InlineData("rotate", 45)]
    public async Task A_crash_at_any_moment_is_survived(string scenario, int stride)
    {
        var crashes = (await PlayAsync("1", "none", scenario, $"every/{stride}")).GetProperty("crashes");

        var points = crashes.GetProperty("points").GetInt32();
        points.ShouldBeGreaterThan(4);
        crashes.GetProperty("converged").GetInt32().ShouldBe(points, $"{crashes}");
        crashes.GetProperty("orphans").GetInt32().ShouldBe(0);
        crashes.GetProperty("duplicates").GetInt32().ShouldBe(0);
    }

    [Fact]
    [Trait("Category", Exploring.Category)]
    public async Task Storms_lose_nothing()
    {
        for (var seed = 1; seed <= Exploring.Times(2, 10); seed++)
        {
            var report = await PlayAsync($"{seed}", "storm");
            Broken(report).ShouldBeEmpty($"seed {seed}");
            report.GetProperty("orphans").GetArrayLength().ShouldBe(0, $"seed {seed}");
            if (report.GetProperty("outcome").GetString() != "converged")
                report.GetProperty("recovered").GetBoolean().ShouldBeTrue($"seed {seed}");
        }
    }

    private static async Task<JsonElement> PlayAsync(
        string seed, string faults, string scenario = "lifecycle", string? crash = null)
    {
        var folder = Path.Combine(ContractFolder.RepositoryRoot, Platform);
        string[] words = [folder, "none", seed, faults, scenario];
        using var report = JsonDocument.Parse(
            await ChildProcess.RehearseAsync(crash is null ? words : [.. words, crash]));
        report.RootElement.TryGetProperty("error", out var error).ShouldBeFalse($"{error}");
        return report.RootElement.Clone();
    }

    private static string[] Broken(JsonElement report) =>
    [
        .. report.GetProperty("invariants").EnumerateArray()
            .Where(invariant => !invariant.GetProperty("holds").GetBoolean())
            .Select(invariant => invariant.GetProperty("name").GetString() ?? ""),
    ];

    private static string[] Tokens(JsonElement report, string step) =>
    [
        .. report.GetProperty("steps").EnumerateArray()
            .Single(each => each.GetProperty("name").GetString() == step).GetProperty("timeline").EnumerateArray()
            .Select(entry => (
                Action: entry.GetProperty("action").GetString(),
                Address: entry.GetProperty("address").GetString() ?? ""))
            .Where(entry => entry.Address.Contains("/secret/proxmox-token/", StringComparison.Ordinal)
                && entry.Action != "none")
            .Select(entry => $"{entry.Action} {entry.Address[(entry.Address.LastIndexOf('/') + 1)..]}")
            .Order(StringComparer.Ordinal),
    ];
}
