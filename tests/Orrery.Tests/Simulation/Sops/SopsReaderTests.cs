using System.Text;
using System.Text.Json.Nodes;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops.Rules;
using Orrery.Simulation.Sops;
using Orrery.Tests.Contracts;
using Orrery.Tests.Secrets;
using SopsFile = Orrery.Secrets.Sops.SopsFile;

namespace Orrery.Tests.Simulation.Sops;

/// <summary>The world's own reader of SOPS files, which shares nothing with ours.</summary>
public sealed class SopsReaderTests
{
    private const string Flux = "flux-kustomize-controller";

    private const string Typed =
        "text: word\nnumber: 42\nhalf: 0.5\ntruth: true\nempty: ''\nlist: [1, two]\ndeep: { a: { b: c } }\n"
        + "plain_unencrypted: 7\nno_unencrypted: false\n";

    [ContractTheory]
    [InlineData("algorithms/age.yaml", "value")]
    [InlineData("patches/merge1.yaml", "merge1")]
    [InlineData("patches/merge2.yaml", "merge2")]
    [InlineData("envs/env.env", "value")]
    [InlineData("component/env.env", "value")]
    [InlineData("remote/env.env", "value")]
    [InlineData("files/file.txt", "value")]
    [InlineData("global/secret.yaml", "value")]
    public void Documents_of_kustomize_controllers_own_tests_open(string path, string expected)
    {
        var text = File.ReadAllText(ContractFolder.Of(["sops", Flux, .. path.Split('/')]));
        var keys = new[] { "age.txt", "age-global.txt" }
            .SelectMany(name => AgeKey.ReadAll(File.ReadAllText(ContractFolder.Of("sops", Flux, "keys", name)))!)
            .ToArray();
        var document = SopsReader.Open(text, SopsReader.FormatOf(path), keys, checksMac: true)
            .ShouldHaveSingleItem();
        document.ToJsonString().ShouldContain(expected);
        document.ToJsonString().ShouldNotContain("ENC[");
    }

    // RFC 7748, section 5.2.
    [Theory]
    [InlineData(
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")]
    [InlineData(
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957")]
    public void The_curve_gives_what_its_standard_says(string scalar, string point, string product) =>
        Convert.ToHexStringLower(
            Curve25519.Multiply(Convert.FromHexString(scalar), Convert.FromHexString(point))).ShouldBe(product);

    [Fact]
    public void Values_keep_their_types_and_the_MAC_holds()
    {
        var (file, keys) = Encrypted(Typed, SopsSelection.Default);
        var document = SopsReader.Open(file, SopsFormat.Yaml, keys, checksMac: true).ShouldHaveSingleItem();
        document.ToJsonString().ShouldBe(
            """
            {"text":"word","number":42,"half":0.5,"truth":true,"empty":"","list":[1,"two"],"deep":{"a":{"b":"c"}},
            """.Trim()
            + """
            "plain_unencrypted":7,"no_unencrypted":false}
            """.Trim());
    }

    [Theory]
    [InlineData("plain_unencrypted: 7", "plain_unencrypted: 8", "Integrity")]
    [InlineData("data:", "data:A", "Values")]
    [InlineData("sops:", "other:", "Loading")]
    [InlineData("BEGIN AGE", "BEGIN ANY", "DataKey")]
    public void What_was_changed_is_refused_at_its_step(string old, string with, string step)
    {
        var (file, keys) = Encrypted(Typed, SopsSelection.Default);
        file.ShouldContain(old);
        var at = file.IndexOf(old, StringComparison.Ordinal);
        var changed = file[..at] + with + file[(at + old.Length)..];
        Should.Throw<SopsRefusal>(() => SopsReader.Open(changed, SopsFormat.Yaml, keys, checksMac: true))
            .Step.ToString().ShouldBe(step);
    }

    [Fact]
    public void Another_key_opens_nothing()
    {
        var (file, _) = Encrypted(Typed, SopsSelection.Default);
        var other = AgeKey.ReadAll(AgeIdentity.Generate(SeededRandom.From(9)).Export())!;
        Should.Throw<SopsRefusal>(() => SopsReader.Open(file, SopsFormat.Yaml, other, checksMac: true))
            .Message.ShouldBe("Error getting data key: 0 successful groups required, got 0");
    }

    [Theory]
    [InlineData("encrypted_regex", "^(data|stringData)$")]
    [InlineData("unencrypted_regex", "^kind$")]
    [InlineData("encrypted_suffix", "Data")]
    [InlineData("unencrypted_suffix", "kind")]
    public void Each_way_of_selecting_values_is_known(string name, string pattern)
    {
        var (file, keys) = Encrypted("kind: Secret\nstringData: { a: b }\n", SopsSelection.Of(name, pattern));
        file.ShouldContain("kind: Secret");
        var document = SopsReader.Open(file, SopsFormat.Yaml, keys, checksMac: true).ShouldHaveSingleItem();
        JsonNode.DeepEquals(document["stringData"], new JsonObject { ["a"] = "b" }).ShouldBeTrue();
    }

    private static (string File, IReadOnlyList<AgeKey> Keys) Encrypted(string plain, SopsSelection selection)
    {
        var identity = AgeIdentity.Generate(SeededRandom.From(3));
        var file = SopsFile.Encrypt(
            Encoding.UTF8.GetBytes(plain), Orrery.Secrets.Sops.SopsFormat.Yaml,
            CreationRule.For($"{identity.Recipient}") with { Selection = selection }, DateTimeOffset.UnixEpoch,
            SeededRandom.From(4));
        return (Encoding.UTF8.GetString(file), AgeKey.ReadAll(identity.Export())!);
    }
}
