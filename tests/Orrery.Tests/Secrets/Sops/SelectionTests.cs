using System.Text;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Keys;
using Orrery.Secrets.Sops.Rules;

namespace Orrery.Tests.Secrets.Sops;

/// <summary>Which values are encrypted, for whom, and where comments belong.</summary>
public class SelectionTests
{
    private const string Plain =
        "a_secret: one\nb: two\nin:\n  data: three\n  # sops:enc\n  c: four\n  d: five # sops:enc\n  e: six\n";

    private static readonly IIdentity Alice = AgeIdentity.Generate(SeededRandom.From(1));

    [Theory]
    [InlineData("unencrypted_suffix", "_secret", "b in.data in.c in.d in.e")]
    [InlineData("encrypted_suffix", "_secret", "a_secret")]
    [InlineData("encrypted_regex", "^(data|b)$", "b in.data")]
    [InlineData("unencrypted_regex", "^in$", "a_secret b")]
    [InlineData("encrypted_comment_regex", "sops:enc", "in.c in.d")]
    [InlineData("unencrypted_comment_regex", "sops:enc", "a_secret b in.data in.e")]
    public void Each_way_of_selecting_encrypts_these(string name, string pattern, string expected)
    {
        var rule = CreationRule.For($"{Alice.Recipient}") with { Selection = SopsSelection.Of(name, pattern) };
        var file = SopsFile.Encrypt(
            Encoding.UTF8.GetBytes(Plain), SopsFormat.Yaml, rule, DateTimeOffset.UnixEpoch, SeededRandom.From(2));
        var text = Encoding.UTF8.GetString(file);
        string[] paths = ["a_secret", "b", "in.data", "in.c", "in.d", "in.e"];
        var lines = text.Split('\n').Select(line => line.Trim()).ToArray();
        var encrypted = paths.Where(path => lines.Any(
            line => line.StartsWith($"{path.Split('.')[^1]}: ENC[", StringComparison.Ordinal)));
        string.Join(' ', encrypted).ShouldBe(expected);
        text.ShouldContain($"    {name}: ");
        Encoding.UTF8.GetString(SopsFile.Decrypt(file, SopsFormat.Yaml, [Alice])).ShouldBe(Plain);
    }

    // Where sops itself has the comments, seen from the place that is authenticated with them.
    [Fact]
    public void A_comment_belongs_to_the_map_of_the_entry_that_it_is_about()
    {
        const string Text = "# top\na:\n  # of b\n  b: 1 # at b\n  # after b\n# of c\nc:\n"
            + "  - x # in c\n  # before y\n  - y: 1\n"
            + "    # after y\nd: 2\n# last\n";
        var source = SopsFormats.Of(SopsFormat.Yaml).Read(Text);
        TreeWalk.Of(source.Documents[0], SopsSelection.Default).Where(visit => visit.Leaf.IsComment)
            .Select(visit => $"{visit.Path}{visit.Leaf.Value!.Text}").ShouldBe(
            [
                ": top", "a: of b", "a: at b", "a: after b", ": of c", "c: in c", "c: before y", "c: after y", ": last",
            ]);
    }

    [Theory]
    [InlineData("path_regex: '['", "path_regex is no regular expression of the RE2 kind: [")]
    [InlineData("encrypted_regex: a\n    encrypted_suffix: b",
        ".sops.yaml cannot be used: a rule has both encrypted_suffix and encrypted_regex, and one of them is "
        + "allowed")]
    [InlineData("shamir_threshold: many", ".sops.yaml cannot be used: shamir_threshold is no number")]
    [InlineData("age: *nobody", ".sops.yaml cannot be used: line 2 refers to an anchor that is not there")]
    public void A_rule_that_cannot_be_used_says_why(string rule, string expected) =>
        Should.Throw<SopsException>(() => CreationRules.Read($"creation_rules:\n  - {rule}\n").Find("x"))
            .Message.ShouldBe(expected);

    [Fact]
    public void Rules_name_keys_as_texts_lists_groups_and_merged_groups()
    {
        var rules = CreationRules.Read(
            """
            keys:
              - &one age1one
              - &two age1two
            creation_rules:
              - path_regex: ^text$
                age: age1one, age1two,
              - path_regex: ^list$
                age: [*one, *two]
                mac_only_encrypted: true
              - path_regex: ^groups$
                shamir_threshold: 2
                key_groups:
                  - age: [*one]
                  - merge:
                      - age: [*two]
                      - pgp: [FF]
                    age: [*two]
              - kms: arn:aws:kms:eu-central-1:1:key/a
            """);
        string Names(string path) => string.Join(" | ", rules.Find(path)!.Groups.Select(group => string.Join(
            ' ', group.Select(key => key is SopsKey.Age age ? age.Recipient : ((SopsKey.Foreign)key).Name))));
        Names("text").ShouldBe("age1one age1two");
        Names("list").ShouldBe("age1one age1two");
        rules.Find("list")!.MacOnlyEncrypted.ShouldBeTrue();
        Names("groups").ShouldBe("age1one | age1two PGP FF");
        rules.Find("groups")!.Threshold.ShouldBe(2);
        Names("other").ShouldBe("AWS KMS arn:aws:kms:eu-central-1:1:key/a");
        Should.Throw<SopsException>(() => SopsFile.Encrypt(
                "a: b"u8, SopsFormat.Yaml, rules.Find("other")!, DateTimeOffset.UnixEpoch, SeededRandom.From(1)))
            .Message.ShouldBe(
                "the data key must be wrapped for AWS KMS arn:aws:kms:eu-central-1:1:key/a, which orrery cannot do");
    }

    [Theory]
    [InlineData("0o17", "int", "15")]
    [InlineData("0x1F", "int", "31")]
    [InlineData("017", "int", "15")]
    [InlineData("1_000", "int", "1000")]
    [InlineData("-7", "int", "-7")]
    [InlineData("08", "float", "8")]
    [InlineData("1e3", "float", "1000")]
    [InlineData("1.50", "float", "1.5")]
    [InlineData("1e-7", "float", "0.0000001")]
    [InlineData("123456789012345680000", "", "")]
    [InlineData("yes", "str", "yes")]
    [InlineData("TRUE", "bool", "True")]
    [InlineData("2001-02-03", "time", "2001-02-03T00:00:00Z")]
    [InlineData("2001-02-03 04:05:06.70", "time", "2001-02-03T04:05:06.7Z")]
    [InlineData("2001-02-30", "str", "2001-02-30")]
    [InlineData("1.2.3", "str", "1.2.3")]
    public void A_scalar_of_yaml_is_what_sops_takes_it_for(string text, string type, string content)
    {
        var format = SopsFormats.Of(SopsFormat.Yaml);
        if (type.Length == 0)
        {
            Should.Throw<SopsException>(() => format.Read($"a: {text}\n"));
            return;
        }

        var leaf = (SopsLeaf)format.Read($"a: {text}\n").Documents[0].Items[0].Node;
        SopsValue.NameOf(leaf.Value!.Type).ShouldBe(type);
        leaf.Value.Text.ShouldBe(content);
    }
}
