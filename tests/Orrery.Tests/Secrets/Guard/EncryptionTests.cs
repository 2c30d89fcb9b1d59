using System.Text;
using Orrery.Secrets.Age;
using Orrery.Secrets.Guard;
using Orrery.Secrets.Guard.Documents;
using Orrery.Secrets.Guard.Values;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;

namespace Orrery.Tests.Secrets.Guard;

/// <summary>What creation rules cover, and what somebody added to an encrypted file by hand.</summary>
public class EncryptionTests
{
    private static readonly CreationRule Rule =
        CreationRule.For($"{AgeIdentity.Generate(SeededRandom.From(1)).Recipient}");

    [Fact]
    public void A_value_that_was_added_to_an_encrypted_file_is_found_at_its_place()
    {
        var file = Encrypt("a: one\nb:\n  c: two\n") + "later: swordfish\n";
        Search("x.yaml", file, "").ShouldBe(
            [$"x.yaml:{file.Count(letter => letter == '\n')}:8 unencrypted-value later, 9 characters"]);
        Search("x.yaml", Encrypt("a: one\n") + "later_unencrypted: swordfish\n", "").ShouldBeEmpty();
    }

    [Fact]
    public void A_rule_that_selects_more_than_the_file_was_encrypted_with_is_seen()
    {
        var file = Encrypt("data: one\nstringData: two\n", SopsSelection.Of("encrypted_regex", "^data$"));
        Search("x.yaml", file, "").ShouldBeEmpty();
        Search("x.yaml", file, "  - path_regex: x\n    encrypted_regex: ^(data|stringData)$\n    age: a\n")
            .ShouldBe(["x.yaml:2:13 unencrypted-value stringData, 3 characters"]);
    }

    [Theory]
    [InlineData("secrets/a.yaml", "a: b\n", 1)]
    [InlineData("secrets/a.json", "{\"a\": 1}", 1)]
    [InlineData("secrets/a.env", "A=b\n", 1)]
    [InlineData("secrets/a.ini", "[a]\nb = c\n", 1)]
    [InlineData("secrets/a.bin", "anything", 1)]
    [InlineData("secrets/a.yaml", "a: [b\n", 1)]
    [InlineData("secrets/a.yaml", "", 0)]
    [InlineData("secrets/a.yaml", "# only a comment\n", 0)]
    [InlineData("other/a.yaml", "a: b\n", 0)]
    [InlineData("deep/secrets/a.yaml", "a: b\n", 0)]
    public void Whole_files_are_covered_by_their_path(string path, string text, int count) =>
        Search(path, text, "  - path_regex: ^secrets/\n    age: a\n  - age: b\n").Count.ShouldBe(count);

    [Fact]
    public void The_nearest_rules_count()
    {
        var covering = Covering.Read(
            [
                (".sops.yaml", "creation_rules:\n  - path_regex: secrets/\n    age: a\n"),
                ("apps/.sops.yaml", "creation_rules:\n  - path_regex: ^private/\n    age: a\n"),
            ]);
        covering.Find("secrets/a.yaml").ShouldNotBeNull();
        covering.Find("other/secrets/a.yaml").ShouldNotBeNull();
        covering.Find("apps/secrets/a.yaml").ShouldBeNull();
        covering.Find("apps/private/a.yaml").ShouldNotBeNull();
    }

    [Fact]
    public void Rules_that_cannot_be_read_say_where_they_are() =>
        Should.Throw<SopsException>(() => Covering.Read([("a/.sops.yaml", "creation_rules: [")]))
            .Message.ShouldStartWith("a/.sops.yaml: ");

    [Theory]
    [InlineData("correct-horse-battery-staple")]
    [InlineData("my-app-db-password-1")]
    [InlineData("cancellationTokenSource2")]
    [InlineData("k3s-prod-argocd-server-2025")]
    [InlineData("deadbeef01")]
    [InlineData("2026-01-01T00:00:00Z")]
    [InlineData("app.kubernetes.io/name")]
    public void Names_are_not_random(string text) => RandomText.Is(text).ShouldBeFalse();

    [Fact]
    public void What_chance_writes_is_nearly_always_told()
    {
        var chance = new Chance(9);
        int Told(Func<string> make) => Enumerable.Range(0, 2000).Count(_ => RandomText.Is(make()));
        Told(() => chance.Of(32)).ShouldBeGreaterThan(1980);
        Told(() => chance.Of(20)).ShouldBeGreaterThan(1800);
        Told(() => chance.Base64(24)).ShouldBeGreaterThan(1960);
        Told(() => chance.Hex(40)).ShouldBeGreaterThan(1950);
    }

    private static string Encrypt(string plain, SopsSelection? selection = null) =>
        Encoding.UTF8.GetString(SopsFile.Encrypt(
            Encoding.UTF8.GetBytes(plain), SopsFormat.Yaml,
            Rule with { Selection = selection ?? SopsSelection.Default }, DateTimeOffset.UnixEpoch,
            SeededRandom.From(2)));

    private static IReadOnlyList<string> Search(string path, string text, string rules) =>
    [
        .. FileSearch.Of(
            path, Encoding.UTF8.GetBytes(text),
            Covering.Read(rules.Length == 0 ? [] : [(".sops.yaml", $"creation_rules:\n{rules}")])).Findings
            .Select(finding => $"{finding}"),
    ];
}
