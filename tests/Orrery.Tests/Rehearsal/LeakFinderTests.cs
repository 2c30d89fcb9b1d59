using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Orrery.Rehearsal.Checkers;
using Orrery.Rehearsal.Stages;
using Orrery.Secrets.Ssh;

namespace Orrery.Tests.Rehearsal;

/// <summary>A secret is found in whatever form it has left, and only where it does not belong.</summary>
public sealed class LeakFinderTests
{
    private const string Secret = "throw-away/bM3+\"&<é-0123456789";

    public static TheoryData<string, string> Forms => new()
    {
        { $"before {Secret} after", "as it is" },
        { JsonSerializer.Serialize(Secret), "escaped as in JSON" },
        { Uri.EscapeDataString(Secret), "escaped as in a URL" },
        { Convert.ToHexString(Encoding.UTF8.GetBytes(Secret)), "in hexadecimal" },
        { Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Secret)), "in hexadecimal" },
        { Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Secret}...")), "in base64" },
        { Convert.ToBase64String(Encoding.UTF8.GetBytes($"x{Secret}...")), "in base64" },
        { Convert.ToBase64String(Encoding.UTF8.GetBytes($"xy{Secret}...")), "in base64" },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_secret_is_found_in_every_form(string text, string form) =>
        Finder(SecretPlaces.None).Find(text).ShouldBe($"a secret, {form}");

    [Fact]
    public void Where_it_belongs_it_is_no_leak()
    {
        var finder = Finder(SecretPlaces.Clusters | SecretPlaces.GitHost);
        finder.Find(Secret, SecretPlaces.Clusters).ShouldBeNull();
        finder.Find(Secret, SecretPlaces.GitHost).ShouldBeNull();
        finder.Find(Secret, SecretPlaces.UserData).ShouldNotBeNull();
        finder.Find("nothing of that kind").ShouldBeNull();
    }

    [Fact]
    public void What_is_planted_later_is_found_from_then_on()
    {
        var planted = new List<PlantedSecret>();
        var finder = new LeakFinder(planted);
        finder.Find(Secret).ShouldBeNull();
        planted.Add(new PlantedSecret("a secret", Secret, SecretPlaces.None));
        finder.Find(Secret).ShouldNotBeNull();
    }

    /// <summary>The line that is looked for must change with the private part alone.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("orrery prod")]
    [InlineData("a comment that is so long that it has lines of its own after all that is secret")]
    public void The_line_of_an_SSH_key_holds_what_is_private(string comment)
    {
        var text = SshKeyPair.Generate(new KeyPool(3).Fill, comment).ExportPrivateKey();
        var (body, line) = (BodyOf(text), LeakFinder.Telling(text));
        var bytes = Convert.FromBase64String(body).AsSpan();
        // PROTOCOL.key: the last field but one of a key on P-256 is its scalar, at byte 267, after its length.
        BinaryPrimitives.ReadUInt32BigEndian(bytes[263..]).ShouldBeInRange(32u, 33u);
        body.IndexOf(line, StringComparison.Ordinal).ShouldBeLessThanOrEqualTo(267 * 4 / 3);
        (body.IndexOf(line, StringComparison.Ordinal) + line.Length).ShouldBeGreaterThanOrEqualTo(299 * 4 / 3);
    }

    [Fact]
    public void The_lines_of_other_keys_hold_what_is_private()
    {
        var pool = new KeyPool(3);
        using var rsa = pool.RsaKey(4096);
        var coefficients = rsa.ExportParameters(includePrivateParameters: true);
        var traced = Convert.FromBase64String(LeakFinder.Telling($"{rsa.ExportRSAPrivateKeyPem()}\n"));
        byte[] tail = [.. coefficients.DQ!, .. coefficients.InverseQ!];
        Contains(tail, traced.AsSpan(10, 30)).ShouldBeTrue();

        using var curve = pool.EcdsaKey();
        traced = Convert.FromBase64String(LeakFinder.Telling($"{curve.ExportECPrivateKeyPem()}\n"));
        Contains(traced, curve.ExportParameters(includePrivateParameters: true).D).ShouldBeTrue();
    }

    [Fact]
    public void Of_a_join_token_only_its_own_part_is_secret() =>
        LeakFinder.Telling("K10aabbcc::server:0123456789abcdef").ShouldBe("0123456789abcdef");

    private static bool Contains(ReadOnlySpan<byte> all, ReadOnlySpan<byte> part) => all.IndexOf(part) >= 0;

    private static string BodyOf(string pem) =>
        string.Concat(pem.Split('\n').Where(line => line.Length > 0 && line[0] != '-'));

    private static LeakFinder Finder(SecretPlaces places) => new([new PlantedSecret("a secret", Secret, places)]);
}
