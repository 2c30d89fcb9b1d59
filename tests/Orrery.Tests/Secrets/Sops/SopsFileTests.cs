using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;

namespace Orrery.Tests.Secrets.Sops;

public class SopsFileTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly IIdentity Alice = AgeIdentity.Generate(SeededRandom.From(1));
    private static readonly IIdentity Bob = AgeIdentity.Generate(SeededRandom.From(2));
    private static readonly IIdentity Eve = AgeIdentity.Generate(SeededRandom.From(3));
    private static readonly CreationRule ForAlice = CreationRule.For($"{Alice.Recipient}");

    [Fact]
    public void Every_file_comes_back_value_by_value_and_a_second_time_byte_by_byte() =>
        Prop.ForAll(SopsTrees.Files, file =>
        {
            var opened = SopsFile.Open(Encrypt(file), file.Format, [Alice]);
            Values(opened.Plain, file.Format).ShouldBe(Values(file.Bytes, file.Format));
            // What we wrote ourselves is in our own layout already.
            var again = SopsFile.Encrypt(opened.Plain, file.Format, ForAlice, Now, SeededRandom.From(9));
            SopsFile.Decrypt(again, file.Format, [Alice]).ShouldBe(opened.Plain);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nothing_of_a_file_stands_in_its_encrypted_form_but_what_shall()
    {
        const string Plain = "# planted-1\na: planted-2\nb_unencrypted: shown\nlist: # planted-3\n- planted-4\n"
            + "- c: |\n    planted-5\n    # planted-6\n# planted-7\n";
        var text = Text(Encrypt(Plain, SopsFormat.Yaml));
        text.ShouldNotContain("planted");
        text.ShouldContain("b_unencrypted: shown\n");
        Text(SopsFile.Decrypt(Bytes(text), SopsFormat.Yaml, [Alice])).ShouldBe(Plain);
    }

    [Fact]
    public void A_text_of_several_lines_does_not_take_in_the_comment_behind_it()
    {
        const string Plain = "a: \"one\\ntwo\\n\" # about it\n";
        var file = Encrypt(Plain, SopsFormat.Yaml);
        Text(SopsFile.Decrypt(file, SopsFormat.Yaml, [Alice])).ShouldBe(Plain);
    }

    [Fact]
    public void Every_changed_character_of_a_value_is_refused_with_a_reason_and_without_its_content()
    {
        var file = Text(Encrypt("first: planted-4711\nsecond: true\nthird: 12\n", SopsFormat.Yaml));
        var end = file.IndexOf("sops:", StringComparison.Ordinal);
        var mac = file.IndexOf("mac: ", StringComparison.Ordinal);
        foreach (var at in Enumerable.Range(0, end).Concat(Enumerable.Range(mac + 5, 250)))
        {
            foreach (var bit in new[] { 1, 2, 32 })
            {
                var changed = Bytes(file);
                changed[at] ^= (byte)bit;
                if (file[at] is ' ' or '\n' && Text(changed)[at] is ' ' or '\n')
                    continue;
                var refusal = Should.Throw<SopsException>(
                    () => SopsFile.Open(changed, SopsFormat.Yaml, [Alice]), $"{at} {file[at]} {Text(changed)[at]}");
                refusal.Message.ShouldNotContain("planted");
            }
        }
    }

    [Fact]
    public void Values_that_change_places_or_go_are_refused()
    {
        var lines = Text(Encrypt("a: one\nb: two\nc_unencrypted: x\n", SopsFormat.Yaml)).Split('\n');
        string Joined(params IEnumerable<string> first) => string.Join('\n', first.Concat(lines[3..]));
        Refusal(Joined(lines[0].Replace("a:", "b:", StringComparison.Ordinal), lines[1].Replace(
            "b:", "a:", StringComparison.Ordinal), lines[2])).ShouldBe(SopsFailure.Value);
        Refusal(Joined(lines[0], lines[2])).ShouldBe(SopsFailure.Mac);
        Refusal(Joined(lines[1], lines[0], lines[2])).ShouldBe(SopsFailure.Mac);
        Refusal(Joined(lines[0], lines[1], "c_unencrypted: y")).ShouldBe(SopsFailure.Mac);
        Refusal(Joined(lines[0], "b: plain", lines[2])).ShouldBe(SopsFailure.Value);
        SopsFile.Open(Bytes(Joined(lines[..3])), SopsFormat.Yaml, [Alice]).Plain.Length.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Editing_one_value_changes_only_it_the_mac_and_the_date()
    {
        const string Plain =
            "# top\nfirst: one\nlist:\n  - same\n  - same\n  - other   # said\nmap: {x: 1, y: two}\nlast: |\n  a\n  "
            + "b\n";
        var before = Encrypt(Plain, SopsFormat.Yaml);
        var opened = SopsFile.Open(before, SopsFormat.Yaml, [Alice]);
        var after = opened.Set(["list", "2"], "\"new\"", Now.AddDays(1), SeededRandom.From(77));
        var changed = Lines(before).Zip(Lines(after)).Where(pair => pair.First != pair.Second).ToArray();
        Lines(before).Length.ShouldBe(Lines(after).Length);
        changed.Length.ShouldBe(3);
        changed[0].Second.ShouldStartWith("  - ENC[");
        changed[0].Second[^40..].ShouldBe(changed[0].First[^40..], "the comment behind it stays");
        changed[1].Second.ShouldBe("    lastmodified: \"2026-01-03T03:04:05Z\"");
        changed[2].Second.ShouldStartWith("    mac: ENC[");
        Text(SopsFile.Decrypt(after, SopsFormat.Yaml, [Alice])).ShouldBe(
            Plain.Replace("other", "new", StringComparison.Ordinal)
                .Replace("last: |\n  a\n  b", "last: |\n    a\n    b", StringComparison.Ordinal));
    }

    [Fact]
    public void Replacing_part_of_any_file_keeps_every_other_ciphertext() =>
        Prop.ForAll(SopsTrees.Files, file =>
        {
            var before = Encrypt(file);
            var opened = SopsFile.Open(before, file.Format, [Alice]);
            opened.Replace(opened.Plain, Now.AddDays(1), SeededRandom.From(4)).ShouldBe(before);
            if (file.Format == SopsFormat.Binary)
                return;
            var path = file.Format == SopsFormat.Ini ? new[] { "first", "added" } : ["added"];
            var after = opened.Set(path, "\"planted\"", Now.AddDays(1), SeededRandom.From(4));
            Ciphers(after).Intersect(Ciphers(before), StringComparer.Ordinal).Count()
                .ShouldBe(Ciphers(before).Distinct(StringComparer.Ordinal).Count() - 1, "all but the MAC");
            Text(SopsFile.Open(after, file.Format, [Alice]).Extract(path)).ShouldBe("planted");
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Metadata_is_written_as_sops_writes_it()
    {
        var rule = CreationRule.ForGroups(2, [$"{Alice.Recipient}"], [$"{Bob.Recipient}"], [$"{Eve.Recipient}"]) with
        {
            Selection = SopsSelection.Of("encrypted_regex", "^(data|stringData)$"),
            MacOnlyEncrypted = true,
        };
        var file = Text(SopsFile.Encrypt("data:\n  a: b\n"u8, SopsFormat.Yaml, rule, Now, SeededRandom.From(5)));
        var shown = string.Join('\n', file.Split('\n')
            .Where(line => !line.StartsWith("                ", StringComparison.Ordinal))
            .Select(line => System.Text.RegularExpressions.Regex.Replace(line, @"ENC\[.*", "…")));
        shown.ShouldBe(
            $$"""
            data:
              a: …
            sops:
                encrypted_regex: ^(data|stringData)$
                key_groups:
                    - age:
                        - enc: |
                          recipient: {{Alice.Recipient}}
                      hc_vault: []
                    - age:
                        - enc: |
                          recipient: {{Bob.Recipient}}
                      hc_vault: []
                    - age:
                        - enc: |
                          recipient: {{Eve.Recipient}}
                      hc_vault: []
                lastmodified: "2026-01-02T03:04:05Z"
                mac: …
                mac_only_encrypted: true
                shamir_threshold: 2
                version: 3.13.2

            """);
        Text(SopsFile.Decrypt(Bytes(file), SopsFormat.Yaml, [Bob, Eve])).ShouldBe("data:\n  a: b\n");
        Should.Throw<SopsException>(() => SopsFile.Decrypt(Bytes(file), SopsFormat.Yaml, [Bob])).Message.ShouldBe(
            $"no identity at hand opens it: it is encrypted to {Alice.Recipient}, {Bob.Recipient}, {Eve.Recipient}; "
            + "1 of its 3 key groups open, and 2 must");
    }

    [Fact]
    public void A_mac_over_encrypted_values_lets_the_others_change()
    {
        var rule = ForAlice with { MacOnlyEncrypted = true };
        var file = Text(SopsFile.Encrypt(
            "a: secret\nb_unencrypted: one\n"u8, SopsFormat.Yaml, rule, Now, SeededRandom.From(5)));
        var changed = Bytes(file.Replace("one", "two", StringComparison.Ordinal));
        Text(SopsFile.Decrypt(changed, SopsFormat.Yaml, [Alice])).ShouldBe("a: secret\nb_unencrypted: two\n");
    }

    [Fact]
    public void New_keys_open_the_same_values_and_a_new_data_key_changes_all()
    {
        var file = Encrypt("a: one\nb: [two]\n", SopsFormat.Yaml);
        var opened = SopsFile.Open(file, SopsFormat.Yaml, [Alice]);
        var both = CreationRule.For($"{Alice.Recipient}", $"{Bob.Recipient}");
        opened.HasKeysOf(ForAlice).ShouldBeTrue();
        opened.HasKeysOf(both).ShouldBeFalse();

        var updated = opened.UpdateKeys(both, SeededRandom.From(8));
        Ciphers(updated).ShouldBe(Ciphers(file), "values and MAC stay");
        var byBob = SopsFile.Open(updated, SopsFormat.Yaml, [Bob]);
        byBob.Keys.Groups.Single().ShouldBe([$"{Alice.Recipient}", $"{Bob.Recipient}"]);

        var rotated = byBob.Rotate(Now, SeededRandom.From(12));
        Ciphers(rotated).Intersect(Ciphers(updated), StringComparer.Ordinal).ShouldBeEmpty();
        Text(SopsFile.Decrypt(rotated, SopsFormat.Yaml, [Alice])).ShouldBe("a: one\nb: [two]\n");
    }

    private static byte[] Encrypt(PlainFile file) =>
        SopsFile.Encrypt(file.Bytes, file.Format, ForAlice, Now, SeededRandom.From(6));

    private static byte[] Encrypt(string plain, SopsFormat format) => Encrypt(new PlainFile(format, Bytes(plain)));

    private static SopsFailure Refusal(string file) =>
        Should.Throw<SopsException>(() => SopsFile.Open(Bytes(file), SopsFormat.Yaml, [Alice])).Failure;

    /// <summary>Places, types and contents, which is what a document is.</summary>
    private static IEnumerable<string> Values(byte[] plain, SopsFormat format) =>
        SopsFile.ReadPlain(plain, format).Documents.SelectMany(tree => TreeWalk.Of(tree, SopsSelection.Default))
            .Select(visit => $"{visit.Path} {visit.Leaf.Value!.Type} {Convert.ToHexString(visit.Leaf.Value.Content)}");

    private static string[] Ciphers(byte[] file) =>
    [
        .. System.Text.RegularExpressions.Regex.Matches(Text(file), @"ENC\[AES256_GCM,[^\]]+\]")
            .Select(match => match.Value),
    ];

    private static string[] Lines(byte[] file) => Text(file).Split('\n');

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
