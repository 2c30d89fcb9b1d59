using System.Text.Json;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Rehearsal;

/// <summary>A platform whose cluster opens SOPS documents with KSOPS, from the first up to the end.</summary>
public sealed class SopsRehearsalTests
{
    private static readonly string Platform =
        Path.Combine(ContractFolder.RepositoryRoot, "tests", "Orrery.Tests", "Rehearsal", "Sops");

    [Fact]
    public async Task Documents_of_people_are_opened_in_the_cluster_and_again_in_the_rebuilt_one()
    {
        var report = await PlayAsync("documents");
        report.GetProperty("outcome").GetString().ShouldBe("converged", $"{report}");
        Broken(report).ShouldBeEmpty();
        report.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("name").GetString())
            .ShouldBe(["up", "second-up", "rebuild", "destroy"]);
        // Sealed ones and documents, at the first up and after a month, looked at four times.
        var secrets = report.GetProperty("invariants").EnumerateArray()
            .Single(invariant => invariant.GetProperty("name").GetString() == "secrets-still-decrypt");
        secrets.GetProperty("checked").GetInt32().ShouldBeGreaterThanOrEqualTo(12);
    }

    [Fact]
    public async Task A_document_for_another_recipient_is_refused_before_anything_changes()
    {
        var report = await PlayAsync("document-for-another");
        report.GetProperty("outcome").GetString().ShouldBe("failed");
        report.ToString().ShouldContain("RENDER007");
        report.ToString().ShouldContain("secrets/prod/database.sops.yaml is encrypted to others than");
        report.GetProperty("steps").EnumerateArray().ElementAt(1).GetProperty("timeline").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("forgets-sops-key", "secrets-still-decrypt")]
    [InlineData("root-for-cluster", "no-secret-in-output")]
    public async Task A_planted_bug_in_the_keys_breaks_exactly_its_promise(string bug, string promise) =>
        Broken(await PlayAsync(bug)).ShouldBe([promise]);

    /// <summary>The documents for the identity before open beside those for the new one.</summary>
    [Fact]
    public async Task A_rotated_identity_opens_what_was_encrypted_before_and_after()
    {
        var result = await ChildProcess.OrreryAsync(
            ContractFolder.RepositoryRoot, "rehearse", Platform, "--scenario", "rotate", "--output", "json");
        using var report = JsonDocument.Parse(result.Output);
        report.RootElement.GetProperty("outcome").GetString().ShouldBe("converged", result.Output);
        Broken(report.RootElement).ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_planted_bug_nothing_breaks() => Broken(await PlayAsync("none")).ShouldBeEmpty();

    private static async Task<JsonElement> PlayAsync(string bug)
    {
        using var document = JsonDocument.Parse(await ChildProcess.RehearseAsync(Platform, bug, "1", "none"));
        document.RootElement.TryGetProperty("error", out var error).ShouldBeFalse($"{error}");
        return document.RootElement.Clone();
    }

    private static string[] Broken(JsonElement report) =>
    [
        .. report.GetProperty("invariants").EnumerateArray()
            .Where(invariant => !invariant.GetProperty("holds").GetBoolean())
            .Select(invariant => invariant.GetProperty("name").GetString() ?? ""),
    ];
}
