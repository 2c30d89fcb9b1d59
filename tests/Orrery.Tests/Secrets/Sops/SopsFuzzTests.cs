using System.Text;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;

namespace Orrery.Tests.Secrets.Sops;

/// <summary>Files that somebody damaged: each is refused in words, or is the file that was written.</summary>
[Trait("Category", Exploring.Category)]
public class SopsFuzzTests
{
    private const string Secret = "planted-4711";

    private static readonly IIdentity Alice = AgeIdentity.Generate(SeededRandom.From(1));

    private static readonly string[] Pieces =
    [
        "ENC[AES256_GCM,data:", ",iv:", ",tag:", ",type:int]", "sops:", "\"sops\": {", "sops_mac=", "[sops]\n", "\n",
        "  ", "- ", "#", ";", ": ", "&a ", "*a", "!!str ", "|\n", ">-\n", "{", "}", "[", "]", "\"", "'", "\0", "\uFEFF",
        "---\n", "...\n", "? ", "%YAML 9.9\n", "__list_999999999", "__map_", "\"\"\"", "`",
        "9999999999999999999", "\\u0000",
    ];

    [Fact]
    public void A_damaged_file_is_never_an_accident_and_tells_nothing()
    {
        var random = new Random(7);
        var files = Files();
        var opened = 0;
        for (var i = 0; i < Exploring.Damaged; i++)
        {
            var (format, file) = files[i % files.Length];
            var damaged = Damage(file, random);
            try
            {
                var plain = SopsFile.Open(damaged, format, [Alice]).Plain;
                plain.Length.ShouldBeLessThan(damaged.Length * 2);
                opened++;
            }
            catch (SopsException refusal)
            {
                refusal.ToString().ShouldNotContain(Secret);
                refusal.Message.ShouldNotBeEmpty();
            }
            catch (Exception exception) when (exception is not Shouldly.ShouldAssertException)
            {
                Assert.Fail($"{format} {i}: {exception}\n{Encoding.UTF8.GetString(damaged)}");
            }
        }

        // White space, comments that are plain, and what stays outside the MAC.
        opened.ShouldBeLessThan(Exploring.Damaged / 2);
    }

    [Fact]
    public void A_damaged_plain_file_or_rule_is_refused_in_words()
    {
        var random = new Random(8);
        var plain = Encoding.UTF8.GetBytes(Plain);
        var rules = Encoding.UTF8.GetBytes(
            "creation_rules:\n  - path_regex: a.*\n    age: &a age1x\n  - key_groups:\n    - age: [*a]\n      merge: "
            + "[]\n");
        for (var i = 0; i < Exploring.Damaged / 4; i++)
        {
            Try(() => SopsFile.Encrypt(
                Damage(plain, random), (SopsFormat)(i % 4), CreationRule.For($"{Alice.Recipient}"),
                DateTimeOffset.UnixEpoch, SeededRandom.From(1)));
            Try(() => CreationRules.Read(Encoding.UTF8.GetString(Damage(rules, random))).Find("abc"));
        }
    }

    [Fact]
    public void A_small_file_cannot_take_much_memory()
    {
        var anchors = string.Concat(Enumerable.Range(0, 40).Select(
            n => $"a{n}: &a{n} [{string.Join(", ", Enumerable.Repeat(n == 0 ? "x" : $"*a{n - 1}", 9))}]\n"));
        string[] texts =
        [
            anchors, new string('[', 100_000), string.Concat(Enumerable.Repeat("- ", 50_000)) + "a",
            $"sops_age__list_{int.MaxValue}__map_enc=x\nsops_mac=y\n",
            string.Concat(Enumerable.Repeat("{\"a\":", 50_000)),
        ];
        foreach (var text in texts)
        {
            foreach (var format in Enum.GetValues<SopsFormat>())
                Refused(() => SopsFile.Open(Encoding.UTF8.GetBytes(text), format, [Alice]));
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        Refused(() => CreationRules.Read(anchors));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(64 * 1024 * 1024);
    }

    private const string Plain =
        $"# {Secret}\nuser: {Secret}\nmap:\n  a: [1, 2.5, true, null, {Secret}]\n  b: |\n    {Secret}\n    two\n"
        + $"list:\n  - x_unencrypted: shown\n  - {Secret} # {Secret}\n";

    private static void Refused(Action act) => Should.Throw<SopsException>(act);

    private static void Try(Action act)
    {
        try
        {
            act();
        }
        catch (SopsException refusal)
        {
            refusal.ToString().ShouldNotContain(Secret);
        }
    }

    private static (SopsFormat Format, byte[] File)[] Files()
    {
        (SopsFormat Format, string Plain)[] plain =
        [
            (SopsFormat.Yaml, Plain), (SopsFormat.Yaml, $"a: {Secret}\n---\nb: {Secret}\n"),
            (SopsFormat.Json, $$"""{"a": "{{Secret}}", "b": [1, true, {"c": "{{Secret}}"}]}"""),
            (SopsFormat.Dotenv, $"A={Secret}\n# {Secret}\nB=2\n"), (SopsFormat.Ini, $"[s]\n; {Secret}\na = {Secret}\n"),
            (SopsFormat.Binary, Secret),
        ];
        return
        [
            .. plain.Select(file => (file.Format, SopsFile.Encrypt(
                Encoding.UTF8.GetBytes(file.Plain), file.Format, CreationRule.For($"{Alice.Recipient}"),
                DateTimeOffset.UnixEpoch, SeededRandom.From(5)))),
        ];
    }

    private static byte[] Damage(byte[] file, Random random)
    {
        var bytes = file.ToList();
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.Skip(random.Next(bytes.Count)).Take(random.Next(60)).ToArray());
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }

            if (bytes.Count == 0)
                bytes.Add((byte)'a');
        }

        return [.. bytes];
    }
}
