using System.Text.Json;
using Orrery.Secrets.Primitives;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Secrets.Primitives;

public class X25519Tests
{
    private const string NineInLittleEndian = "0900000000000000000000000000000000000000000000000000000000000000";

    // RFC 7748, sections 5.2 and 6.1.
    [Theory]
    [InlineData(
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")]
    [InlineData(
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957")]
    [InlineData(
        "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
        "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
        "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")]
    public void The_vectors_of_the_standard_hold(string scalar, string point, string expected) =>
        Agree(scalar, point).ShouldBe(expected);

    [Theory]
    [InlineData(1, "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079")]
    [InlineData(1_000, "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51")]
    public void Iterated_results_are_those_of_the_standard(int iterations, string expected)
    {
        var (scalar, point) = (NineInLittleEndian, NineInLittleEndian);
        for (var i = 0; i < iterations; i++)
            (scalar, point) = (Agree(scalar, point), scalar);
        scalar.ShouldBe(expected);
    }

    [Fact]
    public void Both_sides_of_an_exchange_agree()
    {
        var random = SeededRandom.From(7);
        for (var i = 0; i < 50; i++)
        {
            var (alice, bob) = (new byte[32], new byte[32]);
            random(alice);
            random(bob);
            X25519.Agree(alice, X25519.PublicKey(bob)).ShouldBe(X25519.Agree(bob, X25519.PublicKey(alice)));
        }
    }

    [ContractFact]
    public void All_Wycheproof_vectors_hold()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(ContractFolder.Of("wycheproof", "x25519_test.json")));
        var tests = document.RootElement.GetProperty("testGroups").EnumerateArray()
            .SelectMany(group => group.GetProperty("tests").EnumerateArray()).ToList();
        tests.Count.ShouldBe(document.RootElement.GetProperty("numberOfTests").GetInt32());
        foreach (var test in tests)
        {
            string Hex(string name) => test.GetProperty(name).GetString()!;
            Agree(Hex("private"), Hex("public")).ShouldBe(Hex("shared"), $"tcId {test.GetProperty("tcId")}");
        }
    }

    private static string Agree(string scalar, string point) =>
        Convert.ToHexStringLower(X25519.Agree(Convert.FromHexString(scalar), Convert.FromHexString(point)));
}
