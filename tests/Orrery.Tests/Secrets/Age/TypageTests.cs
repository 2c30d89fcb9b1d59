using System.Text;
using System.Text.Json;
using Orrery.Secrets.Age;
using Orrery.Secrets.Age.Kinds;
using Orrery.Tests.Programs;
using Orrery.Tests.Tidy;

namespace Orrery.Tests.Secrets.Age;

/// <summary>age-encryption for JavaScript, written apart from us, reads what we write and the reverse.</summary>
public class TypageTests
{
    private const string Passphrase = "correct horse battery staple";

    [NodePackageFact("age-encryption")]
    public async Task X25519_files_go_both_ways() => await RoundTripAsync(AgeIdentity.Generate(SeededRandom.From(1)));

    [NodePackageFact("age-encryption")]
    public async Task Post_quantum_files_go_both_ways() =>
        await RoundTripAsync(AgeIdentity.GeneratePostQuantum(SeededRandom.From(2)));

    [NodePackageFact("age-encryption")]
    public async Task Files_with_a_passphrase_go_both_ways()
    {
        var ours = AgeFile.Encrypt("by us"u8, [new ScryptRecipient(Passphrase, 10)], SeededRandom.From(3));
        (await AskAsync(new { @do = "decrypt", identities = Array.Empty<string>(), passphrase = Passphrase }, ours))
            .ShouldBe("by us"u8.ToArray());
        var theirs = await AskAsync(
            new { @do = "encrypt", recipients = Array.Empty<string>(), passphrase = Passphrase },
            "by them"u8.ToArray());
        AgeFile.Decrypt(theirs, [new ScryptIdentity(Passphrase)]).ShouldBe("by them"u8.ToArray());
    }

    private static async Task RoundTripAsync(IIdentity identity)
    {
        foreach (var length in new[] { 0, 1, 65_536, 200_000 })
        {
            var plain = new byte[length];
            SeededRandom.From(length)(plain);
            var ours = AgeFile.Encrypt(plain, [identity.Recipient], SeededRandom.From(4));
            var identities = new[] { identity.Export() };
            (await AskAsync(new { @do = "decrypt", identities }, ours)).ShouldBe(plain);
            var armored = Encoding.ASCII.GetBytes(Armor.Encode(ours));
            (await AskAsync(new { @do = "decrypt", identities, armor = true }, armored)).ShouldBe(plain);

            var recipients = new[] { $"{identity.Recipient}" };
            AgeFile.Decrypt(await AskAsync(new { @do = "encrypt", recipients }, plain), [identity]).ShouldBe(plain);
            var theirs = await AskAsync(new { @do = "encrypt", recipients, armor = true }, plain);
            AgeFile.Decrypt(Armor.Decode(theirs), [identity]).ShouldBe(plain);
        }
    }

    private static async Task<byte[]> AskAsync(object request, byte[] data)
    {
        var fields = JsonSerializer.SerializeToNode(request)!.AsObject();
        fields["data"] = Convert.ToBase64String(data);
        var script = Path.Combine(SourceTree.Root, "tests", "Orrery.Tests", "Programs", "npm", "typage.mjs");
        var answer = await ProgramRun.OutputAsync(
            "node", Encoding.UTF8.GetBytes(fields.ToJsonString()), script, NodePackageFactAttribute.Root);
        return Convert.FromBase64String(Encoding.ASCII.GetString(answer));
    }
}
