using System.Text;
using Orrery.Secrets.Age;
using Orrery.Tests.Programs;

namespace Orrery.Tests.Secrets.Age;

/// <summary>The age tool reads what we write, and we read what it writes.</summary>
public sealed class AgeToolTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orrery-age-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [ProgramFact("age")]
    public async Task It_reads_our_files_with_each_of_the_identities()
    {
        var identities = new[] { 1, 2 }.Select(seed => AgeIdentity.Generate(SeededRandom.From(seed))).ToList();
        foreach (var length in new[] { 0, 1, 65_536, 200_000 })
        {
            var plain = Content(length);
            var file = AgeFile.Encrypt(plain, [.. identities.Select(i => i.Recipient)], SeededRandom.From(length));
            foreach (var identity in identities)
            {
                var keyFile = await KeyFileAsync(identity.Export());
                (await ProgramRun.OutputAsync("age", file, "--decrypt", "--identity", keyFile)).ShouldBe(plain);
                var armored = Encoding.ASCII.GetBytes(Armor.Encode(file));
                (await ProgramRun.OutputAsync("age", armored, "--decrypt", "--identity", keyFile)).ShouldBe(plain);
            }
        }
    }

    [ProgramFact("age")]
    public async Task We_read_its_files_and_its_keys()
    {
        var keys = Encoding.UTF8.GetString(await ProgramRun.OutputAsync("age-keygen", []));
        IdentityFile.TryParse(keys, out var identities, out _).ShouldBeTrue();
        var recipient = identities[0].Recipient.ToString()!;
        keys.ShouldContain($"# public key: {recipient}\n");
        foreach (var length in new[] { 0, 1, 65_536, 200_000 })
        {
            var plain = Content(length);
            var file = await ProgramRun.OutputAsync("age", plain, "--encrypt", "--recipient", recipient);
            AgeFile.Decrypt(file, identities).ShouldBe(plain);
            var armored = await ProgramRun.OutputAsync("age", plain, "--encrypt", "--armor", "--recipient", recipient);
            AgeFile.Decrypt(Armor.Decode(armored), identities).ShouldBe(plain);
        }
    }

    private static byte[] Content(int length)
    {
        var plain = new byte[length];
        SeededRandom.From(length)(plain);
        return plain;
    }

    private async Task<string> KeyFileAsync(string text)
    {
        var path = Path.Combine(_folder, "key.txt");
        await File.WriteAllTextAsync(path, text + "\n");
        return path;
    }
}
