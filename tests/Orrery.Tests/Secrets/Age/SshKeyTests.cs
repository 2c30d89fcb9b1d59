using System.Text;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;
using Orrery.Tests.Programs;

namespace Orrery.Tests.Secrets.Age;

/// <summary>SSH keys as recipients: keys of OpenSSH, and files of the age tool and for it.</summary>
public sealed class SshKeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orrery-age-ssh-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [ProgramFact("age")]
    public Task Ed25519_keys_open_files_both_ways() => RoundTripAsync("ed25519");

    [ProgramFact("age")]
    public Task Rsa_keys_open_files_both_ways() => RoundTripAsync("rsa", "-b", "2048");

    [ProgramFact("age")]
    public Task Rsa_keys_in_the_older_form_open_files_both_ways() => RoundTripAsync("rsa", "-b", "3072", "-m", "PEM");

    [ProgramFact("ssh-keygen")]
    public async Task A_key_with_a_passphrase_says_what_to_do()
    {
        var key = await MakeAsync("ed25519", "secret words");
        IdentityFile.TryParseAll(await File.ReadAllTextAsync(key), out var _, out var problem).ShouldBeFalse();
        problem.ShouldBe(
            "the SSH key cannot be used: it is protected by a passphrase; make a copy without one: "
            + "ssh-keygen -p -N '' -f COPY, and delete it afterwards");
    }

    [ProgramFact("ssh-keygen")]
    public async Task A_SOPS_document_for_an_SSH_key_opens_with_it()
    {
        var key = await MakeAsync("ed25519", "");
        var recipient = string.Join(' ', (await File.ReadAllTextAsync($"{key}.pub")).Split(' ').Take(2));
        IdentityFile.TryParseAll(await File.ReadAllTextAsync(key), out var ring, out _).ShouldBeTrue();

        var file = SopsFile.Encrypt(
            "a: planted\n"u8, SopsFormat.Yaml, CreationRule.For(recipient), DateTimeOffset.UnixEpoch,
            SeededRandom.From(1));

        SopsFile.Decrypt(file, SopsFormat.Yaml, ring.Holders).ShouldBe("a: planted\n"u8.ToArray());
        SopsFile.KeysOf(file, SopsFormat.Yaml).Groups.Single().ShouldBe([recipient]);
    }

    [ProgramFact("ssh-keygen")]
    public async Task Keys_of_other_types_and_short_ones_are_refused()
    {
        foreach (var (type, bits) in new[] { ("ecdsa", "256"), ("rsa", "1024") })
        {
            var key = await MakeAsync(type, "", "-b", bits);
            IdentityFile.TryParseAll(await File.ReadAllTextAsync(key), out var _, out var problem).ShouldBeFalse();
            problem.ShouldBe("the SSH key cannot be used: it is damaged, or of a type that age has no use for: "
                + "it takes ssh-ed25519, and ssh-rsa from 2048 bits");
            AgeRecipient.TryParse(await File.ReadAllTextAsync($"{key}.pub"), out _).ShouldBeFalse();
        }
    }

    [ProgramFact("ssh-keygen")]
    public async Task No_damaged_key_is_read_or_ends_in_a_bug()
    {
        var text = (await File.ReadAllTextAsync(await MakeAsync("ed25519", ""))).TrimEnd();
        for (var at = 0; at < text.Length; at++)
        {
            IdentityFile.TryParseAll(text[..at], out _, out _).ShouldBeFalse();
            var changed = text.Remove(at, 1).Insert(at, text[at] == 'A' ? "B" : "A");
            if (!IdentityFile.TryParseAll(changed, out _, out var problem))
                problem.Length.ShouldBeLessThan(200);
        }
    }

    private async Task RoundTripAsync(string type, params string[] options)
    {
        var key = await MakeAsync(type, "", options);
        var recipient = await File.ReadAllTextAsync($"{key}.pub");
        AgeRecipient.TryParse(recipient, out var parsed).ShouldBeTrue();
        IdentityFile.TryParseAll(await File.ReadAllTextAsync(key), out var ring, out _).ShouldBeTrue();
        $"{ring.Holders[0].Recipient}".ShouldBe(string.Join(' ', recipient.Split(' ').Take(2)).Trim());

        var ours = AgeFile.Encrypt("by us"u8, [parsed!], SeededRandom.From(1));
        AgeFile.Decrypt(ours, ring.Holders).ShouldBe("by us"u8.ToArray());
        (await ProgramRun.OutputAsync("age", ours, "-d", "-i", key)).ShouldBe("by us"u8.ToArray());
        var theirs = await ProgramRun.OutputAsync("age", Encoding.UTF8.GetBytes("by age"), "-R", $"{key}.pub");
        AgeFile.Decrypt(theirs, ring.Holders).ShouldBe("by age"u8.ToArray());
        var other = AgeFile.Encrypt("for another"u8, [AgeIdentity.Generate(SeededRandom.From(2)).Recipient],
            SeededRandom.From(3));
        Should.Throw<AgeException>(() => AgeFile.Decrypt(other, ring.Holders)).Failure.ShouldBe(AgeFailure.NoMatch);
    }

    private async Task<string> MakeAsync(string type, string passphrase, params string[] options)
    {
        var path = Path.Combine(_folder, $"{type}-{Directory.GetFiles(_folder).Length}");
        await ProgramRun.OutputAsync(
            "ssh-keygen", [], ["-q", "-t", type, "-N", passphrase, "-C", "a comment", "-f", path, .. options]);
        return path;
    }
}
