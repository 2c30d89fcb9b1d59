using System.Text;
using Orrery.Secrets.Guard;
using Orrery.Secrets.Guard.Documents;

namespace Orrery.Tests.Secrets.Guard;

/// <summary>All planted leaks are found, and none in a tree that only looks like it.</summary>
public class GuardFixtureTests
{
    private static readonly Covering Covering =
        Orrery.Secrets.Guard.Documents.Covering.Read([CleanTwin.Rules]);

    public static TheoryData<string> Leaks => [.. PlantedLeaks.All.Select(leak => leak.Path)];

    public static TheoryData<string> Lookalikes => [.. CleanTwin.All.Select(file => file.Path)];

    [Theory]
    [MemberData(nameof(Leaks))]
    public void A_planted_leak_is_found_at_its_place_and_not_shown(string path)
    {
        var leak = PlantedLeaks.All.Single(leak => leak.Path == path);
        var finding = Search(leak.Path, leak.Text).ShouldHaveSingleItem();
        finding.Rule.Name.ShouldBe(leak.Rule);
        var before = leak.Text.TrimStart('\uFEFF');
        before = before[..before.IndexOf(leak.Secret, StringComparison.Ordinal)];
        finding.Line.ShouldBe(before.Count(character => character == '\n') + 1);
        $"{finding} {finding.Detail}".ShouldNotContain(leak.Secret);
        finding.Shown.Length.ShouldBeLessThan(80);
    }

    [Theory]
    [MemberData(nameof(Lookalikes))]
    public void What_only_looks_like_a_leak_is_none(string path) =>
        Search(path, CleanTwin.All.Single(file => file.Path == path).Text).ShouldBeEmpty();

    [Fact]
    public void As_whole_trees_they_are_told_apart_too()
    {
        var leaks = TreeSearch.Of(
            [.. PlantedLeaks.All.Select(leak => FileSearch.Of(leak.Path, Encoding.UTF8.GetBytes(leak.Text), Covering))],
            null);
        leaks.Select(leak => leak.Path).Order(StringComparer.Ordinal)
            .ShouldBe(PlantedLeaks.All.Select(leak => leak.Path).Order(StringComparer.Ordinal));
        TreeSearch.Of(
            [.. CleanTwin.All.Select(file => FileSearch.Of(file.Path, Encoding.UTF8.GetBytes(file.Text), Covering))],
            null).ShouldBeEmpty();
    }

    [Fact]
    public void Every_rule_of_a_leak_is_tried_by_some_leak()
    {
        // These have tests of their own: WiringTests, AllowanceTests, GuardVerbTests.
        string[] others =
        [
            "allowance", "unused-allowance", "not-searched", "flux-decryption", "ksops-generator", "ksops-resource",
        ];
        var untried = GuardRules.All.Select(rule => rule.Name).Except(PlantedLeaks.All.Select(leak => leak.Rule))
            .Except(others).ToArray();
        // Shapes that differ from tried ones by their prefix and length alone.
        untried.ShouldBe(
        [
            "anthropic-key", "azure-storage-key", "doppler-token", "google-token", "openai-key", "rubygems-token",
            "sentry-token", "shopify-token",
        ]);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void Text_of_two_bytes_a_letter_is_searched(string name)
    {
        var encoding = Encoding.GetEncoding(name);
        var secret = new Chance(5).Of(32);
        byte[] file = [.. encoding.GetPreamble(), .. encoding.GetBytes($"\r\npassword = \"{secret}\"\r\n")];
        FileSearch.Of("a.ini", file, Covering).Findings.ShouldHaveSingleItem().Line.ShouldBe(2);
    }

    private static IReadOnlyList<Finding> Search(string path, string text) =>
        FileSearch.Of(path, Encoding.UTF8.GetBytes(text), Covering).Findings;
}
