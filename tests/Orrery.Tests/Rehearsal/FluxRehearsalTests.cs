using System.Text.Json;
using Orrery.Tests.Contracts;
using Orrery.Tests.GitOps;

namespace Orrery.Tests.Rehearsal;

/// <summary>Cosmos with Flux: what people push, seal and encrypt runs, from the first up to the end.</summary>
public sealed class FluxRehearsalTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("orrery-flux-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("documents", "none")]
    [InlineData("none", "storm")]
    public async Task The_lifecycle_converges_and_keeps_every_promise(string plan, string faults)
    {
        var report = await PlayAsync(plan, "3", faults);
        report.GetProperty("outcome").GetString().ShouldBe("converged", report.GetProperty("steps").GetRawText());
        report.GetProperty("orphans").GetArrayLength().ShouldBe(0);
        report.GetProperty("invariants").EnumerateArray().ShouldAllBe(invariant =>
            invariant.GetProperty("holds").GetBoolean() && invariant.GetProperty("checked").GetInt32() > 0);
        report.GetProperty("steps").EnumerateArray().Single(step => step.GetProperty("name").GetString() == "second-up")
            .GetProperty("timeline").GetArrayLength().ShouldBe(0);
        var health = report.GetProperty("clusters")[0].GetProperty("components").EnumerateArray().ToDictionary(
            component => component.GetProperty("name").GetString()!,
            component => component.GetProperty("health").GetString());
        foreach (var name in (string[])["flux2", "kube-prometheus-stack", "monitoring-storage", "sealed-secrets"])
            health[name].ShouldBe("Healthy", name);
    }

    [Fact]
    public async Task A_crash_at_any_moment_is_survived()
    {
        var crashes = (await PlayAsync("none", "1", "none", "every/110")).GetProperty("crashes");
        crashes.GetProperty("points").GetInt32().ShouldBeGreaterThan(4);
        crashes.GetProperty("converged").GetInt32().ShouldBe(crashes.GetProperty("points").GetInt32(), $"{crashes}");
        crashes.GetProperty("orphans").GetInt32().ShouldBe(0);
        crashes.GetProperty("duplicates").GetInt32().ShouldBe(0);
    }

    [Theory]
    [InlineData("forgets-sops-key", "secrets-still-decrypt")]
    [InlineData("root-for-cluster", "no-secret-in-output")]
    public async Task A_planted_bug_in_the_keys_breaks_exactly_its_promise(string bug, string promise) =>
        Broken(await PlayAsync(bug, "1", "none")).ShouldBe([promise]);

    /// <summary>Deploy key, the cluster's identity, the key of Sealed Secrets.</summary>
    [Fact]
    public async Task Rotated_keys_read_and_open_what_was_before_and_after()
    {
        await DeclareAsync();
        var result = await ChildProcess.OrreryAsync(
            ContractFolder.RepositoryRoot, "rehearse", _folder.FullName, "--scenario", "rotate", "--output", "json");
        using var report = JsonDocument.Parse(result.Output);
        report.RootElement.GetProperty("outcome").GetString().ShouldBe("converged", result.Output);
        Broken(report.RootElement).ShouldBeEmpty();
    }

    private async Task<JsonElement> PlayAsync(params string[] words)
    {
        await DeclareAsync();
        using var document = JsonDocument.Parse(await ChildProcess.RehearseAsync([_folder.FullName, .. words]));
        document.RootElement.TryGetProperty("error", out var error).ShouldBeFalse($"{error}");
        return document.RootElement.Clone();
    }

    private Task DeclareAsync() =>
        File.WriteAllTextAsync(Path.Combine(_folder.FullName, "platform.yaml"), FluxPlatform.Text);

    private static string[] Broken(JsonElement report) =>
    [
        .. report.GetProperty("invariants").EnumerateArray()
            .Where(invariant => !invariant.GetProperty("holds").GetBoolean())
            .Select(invariant => invariant.GetProperty("name").GetString() ?? ""),
    ];
}
