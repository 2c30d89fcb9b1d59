using System.Security.Cryptography;
using System.Text;
using Orrery.Secrets.Ssh;
using Orrery.Tests.Programs;

namespace Orrery.Tests.Secrets;

/// <summary>Our SSH keys as OpenSSH's own tools read them.</summary>
public class SshKeyPairTests
{
    // Several, because one in two numbers begins with a high bit and one in 256 with a zero byte.
    public static TheoryData<int> Seeds => new(Enumerable.Range(1, 12));

    [ProgramFact("ssh-keygen")]
    public async Task The_tools_read_the_private_key_and_know_its_public_half()
    {
        foreach (var seed in Enumerable.Range(1, 12))
        {
            var pair = SshKeyPair.Generate(SeededRandom.From(seed), "orrery prod");
            var file = Path.GetTempFileName();
            try
            {
                // ssh-keygen reads keys from files only, and only from private ones.
                await File.WriteAllTextAsync(file, pair.ExportPrivateKey());
                UnixMode.Set(file, "0400");
                Text(await ProgramRun.OutputAsync("ssh-keygen", [], "-y", "-f", file))
                    .ShouldBe($"{pair.PublicKey}\n");
            }
            finally
            {
                File.Delete(file);
            }
        }
    }

    [ProgramFact("ssh-keygen")]
    public async Task The_tools_show_the_same_fingerprint()
    {
        var pair = SshKeyPair.Generate(SeededRandom.From(1), "orrery prod");
        Text(await ProgramRun.OutputAsync("ssh-keygen", Encoding.ASCII.GetBytes(pair.PublicKey), "-l", "-f", "-"))
            .ShouldBe($"256 {pair.Fingerprint} orrery prod (ECDSA)\n");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_same_randomness_gives_the_same_pair(int seed)
    {
        var pair = SshKeyPair.Generate(SeededRandom.From(seed), "a");
        var again = SshKeyPair.Generate(SeededRandom.From(seed), "a");
        again.ExportPrivateKey().ShouldBe(pair.ExportPrivateKey());
        SshKeyPair.Generate(SeededRandom.From(seed + 100), "a").PublicKey.ShouldNotBe(pair.PublicKey);
    }

    [Fact]
    public void A_number_that_is_no_key_is_drawn_again()
    {
        var draws = 0;
        var pair = SshKeyPair.Generate(bytes => bytes.Fill(draws++ switch { 0 => 0, 1 => 0xff, _ => 7 }), "a");
        draws.ShouldBe(4);
        pair.PublicKey.ShouldStartWith("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBB");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0xff)]
    public void Randomness_that_is_none_is_refused(byte every) =>
        Should.Throw<CryptographicException>(() => SshKeyPair.Generate(bytes => bytes.Fill(every), "a"));

    [Fact]
    public void A_pair_does_not_show_its_secret()
    {
        var pair = SshKeyPair.Generate(SeededRandom.From(1), "a");
        $"{pair}".ShouldBe($"(key pair of {pair.Fingerprint})");
    }

    [Theory]
    [InlineData("ssh-ed25519")]
    [InlineData("")]
    [InlineData("ssh-ed25519 ???")]
    public void What_is_no_public_key_has_no_fingerprint(string line) =>
        Should.Throw<FormatException>(() => SshPublicKey.Fingerprint(line));

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
