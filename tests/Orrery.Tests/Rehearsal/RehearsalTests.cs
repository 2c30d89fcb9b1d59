using System.Text.Json;
using Orrery.Tests.Contracts;
using Orrery.Tests.Rehearsal.Planted;

namespace Orrery.Tests.Rehearsal;

/// <summary>
/// What a rehearsal of cosmos promises, and that each promise can be broken by the mistake it is there for.
/// </summary>
public sealed class RehearsalTests
{
    private static readonly string Cosmos = Path.Combine(ContractFolder.RepositoryRoot, "examples", "cosmos");
    private static readonly string Machines =
        Path.Combine(ContractFolder.RepositoryRoot, "tests", "Orrery.Tests", "Rehearsal", "Machines");

    [Fact]
    public async Task The_lifecycle_converges_and_keeps_every_promise()
    {
        var report = await OrreryAsync("rehearse", Cosmos, "--output", "json");
        report.GetProperty("outcome").GetString().ShouldBe("converged");
        report.GetProperty("simulated").GetBoolean().ShouldBeTrue();
        Names(report, "steps").ShouldBe(["up", "second-up", "rebuild", "destroy"]);
        report.GetProperty("orphans").GetArrayLength().ShouldBe(0);
        var invariants = report.GetProperty("invariants").EnumerateArray().ToArray();
        Names(report, "invariants").ShouldBe([
            "second-up-changes-nothing", "destroy-leaves-only-protected", "protected-data-survives",
            "secrets-still-decrypt", "no-certificate-reordered", "order-respects-edges", "no-secret-in-output",
            "planning-writes-nothing", "one-writer", "ip-addresses-unique",
        ]);
        invariants.ShouldAllBe(invariant => invariant.GetProperty("holds").GetBoolean());
        invariants.ShouldAllBe(invariant => invariant.GetProperty("checked").GetInt32() > 0);
        var components = report.GetProperty("clusters")[0].GetProperty("components").EnumerateArray().ToArray();
        components.Select(component => component.GetProperty("name").GetString()).ShouldBe([
            "argo-cd", "argocd-image-updater", "argocd-ingress", "grafana-ingress", "image-updates",
            "kube-prometheus-stack", "local-path-provisioner",
            "monitoring-storage", "sealed-secrets", "traefik",
        ]);
        components.ShouldAllBe(component => component.GetProperty("health").GetString() == "Healthy");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Blue_green_is_away_for_at_most_a_third_of_the_time_in_place(int seed)
    {
        string[] words = ["rehearse", Cosmos, "--scenario", "rebuild", "--seed", $"{seed}", "--output", "json"];
        var (code, output, error) = await ChildProcess.OrreryAsync(ContractFolder.RepositoryRoot, words);
        code.ShouldBe(0, error);
        var report = JsonDocument.Parse(output).RootElement;
        foreach (var name in new[] { "downtimeSeconds", "kubernetesDowntimeSeconds" })
        {
            var downtime = report.GetProperty(name);
            var blueGreen = downtime.GetProperty("blue-green").GetDouble();
            blueGreen.ShouldBeGreaterThan(0);
            (blueGreen * 3).ShouldBeLessThanOrEqualTo(downtime.GetProperty("in-place").GetDouble(), name);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Each_step_takes_little_longer_than_the_world_itself_needs(int seed)
    {
        var report = await PlantedAsync(Cosmos, "none", $"{seed}", "none");
        foreach (var step in report.GetProperty("steps").EnumerateArray())
        {
            var took = step.GetProperty("simulatedSeconds").GetDouble();
            if (took >= 2)
                (took / step.GetProperty("criticalPathSeconds").GetDouble()).ShouldBeLessThanOrEqualTo(1.10, $"{step}");
        }
    }

    [Fact]
    public async Task The_same_seed_plays_the_same_again_byte_for_byte()
    {
        string[] words = ["rehearse", Machines, "--seed", "7", "--faults", "light", "--output", "json"];
        var first = await ChildProcess.ProgramAsync(ContractFolder.RepositoryRoot, words);
        var second = await ChildProcess.OrreryAsync(ContractFolder.RepositoryRoot, words);
        WithoutWallTime(second.Output).ShouldBe(WithoutWallTime(first.Output));
        WithoutWallTime(first.Output).ShouldContain("\"seed\": 7");
    }

    [Fact]
    public async Task It_runs_as_a_user_starts_it_and_writes_nothing_into_the_folder()
    {
        var before = Directory.GetFileSystemEntries(Cosmos);
        var result = await ChildProcess.ProgramAsync(ContractFolder.RepositoryRoot, "rehearse", "examples/cosmos");
        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.ShouldContain("everything here is simulated");
        result.Output.ShouldContain("converged");
        Directory.GetFileSystemEntries(Cosmos).ShouldBe(before);
    }

    [Fact]
    public async Task Every_key_is_rotated_and_everything_still_opens_also_in_a_rebuilt_cluster()
    {
        var result = await ChildProcess.OrreryAsync(
            ContractFolder.RepositoryRoot, "rehearse", "examples/cosmos", "--scenario", "rotate", "--output", "json");
        result.ExitCode.ShouldBe(0, result.Error);
        using var report = JsonDocument.Parse(result.Output);
        Names(report.RootElement, "steps").ShouldBe(["up", "rotate", "rebuild"]);
        Broken(report.RootElement).ShouldBeEmpty();
        var changes = report.RootElement.GetProperty("steps")[1].GetProperty("changes");
        changes.GetProperty("create").GetInt32().ShouldBeGreaterThanOrEqualTo(3);
        changes.GetProperty("delete").GetInt32().ShouldBe(0);
    }

    /// <summary>Some of the moments here; CI tries all of them with <c>rehearse --crash every</c>.</summary>
    [Theory]
    [InlineData("tests/Orrery.Tests/Rehearsal/Machines", 17)]
    [InlineData("examples/cosmos", 90)]
    public async Task A_crash_at_any_moment_is_survived_without_orphan_or_double(string platform, int stride)
    {
        var report = await PlantedAsync(PathOf(platform), "none", "1", "none", $"every/{stride}");
        var crashes = report.GetProperty("crashes");
        var points = crashes.GetProperty("points").GetInt32();
        var all = (3 * crashes.GetProperty("mutatingRequests").GetInt32())
            + (3 * crashes.GetProperty("journalWrites").GetInt32());
        points.ShouldBe((all + stride - 1) / stride);
        points.ShouldBeGreaterThan(4);
        crashes.GetProperty("converged").GetInt32().ShouldBe(points, $"{crashes}");
        crashes.GetProperty("orphans").GetInt32().ShouldBe(0);
        crashes.GetProperty("duplicates").GetInt32().ShouldBe(0);
    }

    /// <summary>A few here, twenty in CI.</summary>
    [Fact]
    [Trait("Category", Exploring.Category)]
    public async Task Storms_play_every_fault_and_lose_nothing()
    {
        var storms = Exploring.Times(4, 20);
        var played = new HashSet<string>(StringComparer.Ordinal);
        var converged = 0;
        for (var seed = 1; seed <= storms; seed++)
        {
            var report = await PlantedAsync(Cosmos, "none", $"{seed}", "storm");
            played.UnionWith(report.GetProperty("faults").EnumerateObject().Select(fault => fault.Name));
            report.GetProperty("orphans").GetArrayLength().ShouldBe(0, $"seed {seed}");
            report.GetProperty("invariants").EnumerateArray()
                .ShouldAllBe(invariant => invariant.GetProperty("holds").GetBoolean(), $"seed {seed}");
            if (report.GetProperty("outcome").GetString() == "converged")
            {
                converged++;
                continue;
            }

            report.GetProperty("recovered").GetBoolean().ShouldBeTrue($"seed {seed}");
            report.GetProperty("steps").GetRawText().ShouldContain("\"diagnostics\"", customMessage: $"seed {seed}");
        }

        converged.ShouldBeGreaterThanOrEqualTo(storms * 3 / 5);
        if (!Exploring.IsLong)
            return;
        played.Order(StringComparer.Ordinal).ShouldBe(
            Orrery.Simulation.Faults.FaultKinds.All.Select(Orrery.Simulation.Faults.FaultKinds.NameOf)
                .Order(StringComparer.Ordinal));
    }

    [ContractTheory]
    [InlineData("none", 1)]
    [InlineData("storm", 3)]
    [InlineData("storm", 4)]
    public async Task Every_exchange_is_within_the_vendors_contract(string faults, int seed)
    {
        var report = await PlantedAsync(Machines, "contract", $"{seed}", faults);
        report.GetProperty("violations").EnumerateArray().Select(violation => violation.GetString()).ShouldBeEmpty();
        report.GetProperty("unchecked").GetInt32().ShouldBe(0);
        report.GetProperty("exchanges").GetInt32().ShouldBeGreaterThan(200);
    }

    [Theory]
    [InlineData("always-updates", "second-up-changes-nothing")]
    [InlineData("leaves-firewalls", "destroy-leaves-only-protected")]
    [InlineData("formats-always", "protected-data-survives")]
    [InlineData("forgotten-edge", "order-respects-edges")]
    [InlineData("token-in-user-data", "no-secret-in-output")]
    [InlineData("planning-writes", "planning-writes-nothing")]
    [InlineData("no-lease-check", "one-writer")]
    [InlineData("address-given-twice", "ip-addresses-unique")]
    [InlineData("made-token-in-user-data", "no-secret-in-output")]
    [InlineData("key-in-arguments", "no-secret-in-output")]
    [InlineData("key-in-environment", "no-secret-in-output")]
    [InlineData("key-on-standard-input", "no-secret-in-output")]
    public async Task A_planted_bug_breaks_exactly_the_promise_that_it_is_about(string bug, string promise)
    {
        var report = await PlantedAsync(Machines, bug, "1", "none");
        Broken(report).ShouldBe([promise]);
    }

    [Fact]
    public async Task Every_kind_of_key_that_is_made_on_the_way_is_looked_for()
    {
        var report = await PlantedAsync(Machines, "keys-in-clear", "1", "none");
        Broken(report).ShouldBe(["no-secret-in-output"]);
        var breaches = report.GetProperty("invariants").EnumerateArray()
            .Single(invariant => invariant.TryGetProperty("breaches", out _)).GetProperty("breaches");
        foreach (var kind in PlantedDeliveries.MadeKinds)
            breaches.GetRawText().ShouldContain($"{kind}.txt shows a secret: {kind}");
    }

    [Fact]
    public async Task No_rebuild_begins_while_a_cluster_unseals_with_a_key_that_only_it_has()
    {
        var report = await PlantedAsync(Cosmos, "renews-sealing-keys-and-looks", "1", "none");
        Broken(report).ShouldBeEmpty();
        var last = report.GetProperty("steps").EnumerateArray().First(
            step => step.GetProperty("outcome").GetString() != "converged");
        last.GetProperty("name").GetString().ShouldBe("rebuild");
        last.GetProperty("diagnostics").GetRawText().ShouldContain("SECRET003");
    }

    [Theory]
    [InlineData("renews-sealing-keys", "secrets-still-decrypt")]
    [InlineData("forgets-sealing-key", "secrets-still-decrypt")]
    [InlineData("forgets-certificates", "no-certificate-reordered")]
    [InlineData("claims-on-root-disk", "protected-data-survives")]
    [InlineData("claims-by-chance", "protected-data-survives")]
    [InlineData("token-in-tree", "no-secret-in-output")]
    [InlineData("token-in-commit", "no-secret-in-output")]
    [InlineData("token-in-secret", "no-secret-in-output")]
    [InlineData("token-to-the-wrong-cloud", "no-secret-in-output")]
    public async Task A_planted_bug_in_what_is_delivered_breaks_exactly_its_promise(string bug, string promise)
    {
        // What is made anew in place goes on blue-green, and so one of them may not notice.
        var report = await PlantedAsync(Cosmos, bug, "1", "none", "both");
        Broken(report).ShouldBe([promise]);
    }

    [Fact]
    public async Task Without_a_planted_bug_nothing_breaks() =>
        Broken(await PlantedAsync(Machines, "none", "1", "none")).ShouldBeEmpty();

    [Fact]
    public async Task A_suspended_run_that_was_overtaken_stops_and_says_so()
    {
        var report = await PlantedAsync(Machines, "suspended", "1", "none");
        Broken(report).ShouldBeEmpty();
        report.GetProperty("outcome").GetString().ShouldBe("failed");
        report.GetProperty("recovered").GetBoolean().ShouldBeTrue();
        report.ToString().ShouldContain("another run has taken over");
    }

    [Fact]
    public async Task A_second_up_that_leads_to_another_state_has_diverged()
    {
        var report = await PlantedAsync(Machines, "second-thoughts", "1", "none");
        report.GetProperty("outcome").GetString().ShouldBe("diverged");
        Broken(report).ShouldBe(["second-up-changes-nothing"]);
    }

    [Fact]
    public async Task Without_the_journals_flush_crashes_are_not_survived()
    {
        var report = await PlantedAsync(Machines, "no-journal-flush", "1", "none", "every/36");
        report.GetProperty("outcome").GetString().ShouldBeOneOf("diverged", "failed");
        var crashes = report.GetProperty("crashes");
        crashes.GetProperty("converged").GetInt32().ShouldBeLessThan(crashes.GetProperty("points").GetInt32());
    }

    [Fact]
    public async Task Without_the_adoption_look_up_crashes_leave_orphans()
    {
        var report = await PlantedAsync(Machines, "no-adoption", "1", "none", "every/36");
        report.GetProperty("outcome").GetString().ShouldBe("failed");
        var crashes = report.GetProperty("crashes");
        crashes.GetProperty("converged").GetInt32().ShouldBeLessThan(crashes.GetProperty("points").GetInt32());
        crashes.GetProperty("orphans").GetInt32().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Without_the_protect_check_destroy_reaches_for_the_volume()
    {
        // The cloud's own protection, which we set too, is all that saves it then.
        var report = await PlantedAsync(Machines, "no-protect-check", "1", "none");
        report.GetProperty("outcome").GetString().ShouldBe("failed");
        report.ToString().ShouldContain("volume deletion is protected");
    }

    [Fact]
    public async Task Numeric_tags_of_a_followed_image_are_written_back_to_the_repository()
    {
        var report = await PlantedAsync(Cosmos, "none-with-people", "1", "none");
        report.GetProperty("outcome").GetString().ShouldBe("converged", $"{report}");
        Broken(report).ShouldBeEmpty();
        Names(report, "steps").ShouldBe(["up", "second-up", "rebuild", "destroy"]);
    }

    [Theory]
    [InlineData("examples/cosmos", "second-up")]
    [InlineData("examples/cosmos", "rebuild")]
    [InlineData("examples/cosmos", "destroy")]
    [InlineData("tests/Orrery.Tests/Rehearsal/Sixty", "second-up")]
    public async Task What_a_lost_state_knew_is_found_again_and_every_promise_is_kept(string platform, string before)
    {
        var report = await PlantedAsync(PathOf(platform), $"state-lost-before-{before}", "1", "none");
        Broken(report).ShouldBeEmpty($"{report}");
        report.GetProperty("outcome").GetString().ShouldBe("converged", $"{report}");
        report.GetProperty("orphans").GetArrayLength().ShouldBe(0);
        Names(report, "steps").ShouldBe(["up", "second-up", "rebuild", "destroy"]);
        MadeInTheCloud(report, "second-up").ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_reads_only_the_first_page_makes_again_what_is_there()
    {
        var report = await PlantedAsync(PathOf("tests/Orrery.Tests/Rehearsal/Sixty"), "first-page-only", "1", "none");
        Broken(report).ShouldBe(["second-up-changes-nothing"]);
        MadeInTheCloud(report, "second-up").ShouldNotBeEmpty();
    }

    private static string PathOf(string inRepository) => Path.Combine(ContractFolder.RepositoryRoot, inRepository);

    private static IEnumerable<string> MadeInTheCloud(JsonElement report, string step) => report.GetProperty("steps")
        .EnumerateArray().Single(each => each.GetProperty("name").GetString() == step).GetProperty("timeline")
        .EnumerateArray().Where(entry => entry.GetProperty("action").GetString() == "create")
        .Select(entry => entry.GetProperty("address").GetString() ?? "")
        .Where(address => address.StartsWith("prod/hetzner/", StringComparison.Ordinal));

    private static async Task<JsonElement> OrreryAsync(params string[] words)
    {
        var result = await ChildProcess.OrreryAsync(ContractFolder.RepositoryRoot, words);
        result.Output.ShouldNotBeEmpty(result.Error);
        return Parse(result.Output);
    }

    private static async Task<JsonElement> PlantedAsync(params string[] words) =>
        Parse(await ChildProcess.RehearseAsync(words));

    private static JsonElement Parse(string report)
    {
        using var document = JsonDocument.Parse(report);
        document.RootElement.TryGetProperty("error", out var error).ShouldBeFalse($"{error}");
        return document.RootElement.Clone();
    }

    private static string[] Broken(JsonElement report) =>
    [
        .. report.GetProperty("invariants").EnumerateArray()
            .Where(invariant => !invariant.GetProperty("holds").GetBoolean())
            .Select(invariant => invariant.GetProperty("name").GetString() ?? ""),
    ];

    private static string[] Names(JsonElement report, string list) =>
        [.. report.GetProperty(list).EnumerateArray().Select(item => item.GetProperty("name").GetString() ?? "")];

    private static string WithoutWallTime(string json) =>
        string.Join('\n', json.Split('\n').Where(line => !line.Contains("wallSeconds", StringComparison.Ordinal)));
}
