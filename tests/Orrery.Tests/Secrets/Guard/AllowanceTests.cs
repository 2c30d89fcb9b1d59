using System.Text;
using Orrery.Secrets.Guard;
using Orrery.Secrets.Guard.Documents;

namespace Orrery.Tests.Secrets.Guard;

/// <summary>What is allowed, and that no allowance stays without reason or use.</summary>
public class AllowanceTests
{
    private static readonly string Token = "ghp_" + new Chance(6).Of(36);

    [Theory]
    [InlineData("path: a/b.txt")]
    [InlineData("path: a")]
    [InlineData("path: a/*.txt")]
    [InlineData("path: '**/b.txt'")]
    [InlineData("path: '**'")]
    [InlineData("pattern: '^x=ghp_'")]
    [InlineData("path: a\n    rule: github-token")]
    public void An_entry_with_a_reason_allows_what_it_fits(string entry) =>
        Search($"allow:\n  - {entry}\n    reason: it is revoked\n").ShouldBeEmpty();

    [Theory]
    [InlineData("path: b.txt", "unused-allowance path b.txt")]
    [InlineData("path: a/*/b.txt", "unused-allowance path a/*/b.txt")]
    [InlineData("path: '*.txt'", "unused-allowance path *.txt")]
    [InlineData("pattern: y=", "unused-allowance pattern y=")]
    [InlineData("path: a\n    rule: jwt", "unused-allowance path a, rule jwt")]
    public void An_entry_that_fits_nothing_is_told_and_allows_nothing(string entry, string expected) =>
        Search($"allow:\n  - {entry}\n    reason: it is revoked\n").ShouldBe(
            [$".orrery-guard.yaml:2:5 {expected}", $"a/b.txt:1:3 github-token ghp_..., {Token.Length} characters"]);

    [Theory]
    [InlineData("allow:\n  - path: a\n", "It gives no reason, and allows nothing.")]
    [InlineData("allow:\n  - path: a\n    reason: '--'\n", "It gives no reason, and allows nothing.")]
    [InlineData("allow:\n  - rule: jwt\n    reason: why\n",
        "It has neither path nor pattern, and would allow a rule everywhere.")]
    [InlineData("allow:\n  - path: a\n    rule: github\n    reason: why\n", "There is no rule 'github'.")]
    [InlineData("allow:\n  - path: a\n    why: why\n    reason: why\n",
        "There is no field 'why': an entry has path, pattern, rule, reason.")]
    [InlineData("allow:\n  - pattern: '('\n    reason: why\n",
        "Its pattern is no regular expression that needs linear time.")]
    [InlineData("allow:\n  - a\n", "An entry is a map of texts.")]
    [InlineData("allowed: []\n", "It is a map with one list, called allow.")]
    [InlineData("", "It is a map with one list, called allow.")]
    public void What_cannot_be_used_allows_nothing_and_says_why(string list, string expected)
    {
        var findings = Find($"x={Token}\n", list);
        findings.Count.ShouldBe(2);
        findings[0].Rule.Name.ShouldBe("allowance");
        findings[0].Detail.ShouldBe(expected);
        findings[1].Rule.Name.ShouldBe("github-token");
    }

    [Theory]
    [InlineData("{0} // {1} github-token it is revoked\n")]
    [InlineData("# {1} github-token it is revoked\n{0}\n")]
    [InlineData("{0} <!-- {1} github-token revoked since 2020 -->\n")]
    public void A_comment_with_a_reason_allows_its_line_and_the_next(string text) =>
        Find(Filled(text), null).ShouldBeEmpty();

    [Theory]
    [InlineData("{0} // {1} github-token\n", "allowance It gives no reason.")]
    [InlineData("{0} // {1} git-token why\n", "allowance There is no rule 'git-token'.")]
    [InlineData("{0} // {1} jwt why\n", "unused-allowance ")]
    [InlineData("# {1} github-token why\n\n{0}\n", "unused-allowance ")]
    [InlineData("{0}\n# {1} github-token why\n", "unused-allowance ")]
    public void A_comment_that_allows_nothing_is_told(string text, string expected)
    {
        var findings = Find(Filled(text), null);
        findings.Count.ShouldBe(2);
        findings.Where(finding => finding.Rule.Kind != GuardKind.Token)
            .Select(finding => $"{finding.Rule.Name} {finding.Detail}").ShouldBe([expected]);
    }

    [Fact]
    public void A_document_may_speak_of_comments() =>
        Find($"Write `{"orrery-guard"}:allow RULE REASON`.\n", null).ShouldBeEmpty();

    private static string Filled(string text) =>
        string.Format(System.Globalization.CultureInfo.InvariantCulture, text, Token, "orrery-guard" + ":allow");

    private static IReadOnlyList<string> Search(string list) =>
        [.. Find($"x={Token}\n", list).Select(finding => $"{finding}")];

    private static IReadOnlyList<Finding> Find(string text, string? list) => TreeSearch.Of(
        [FileSearch.Of("a/b.txt", Encoding.UTF8.GetBytes(text), Covering.Read([]))],
        list is null ? null : Encoding.UTF8.GetBytes(list));
}
