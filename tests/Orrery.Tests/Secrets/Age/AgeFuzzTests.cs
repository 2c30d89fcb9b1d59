using System.Text;
using Orrery.Secrets.Age;
using Orrery.Secrets.Age.Kinds;
using Orrery.Secrets.Age.Plugins;

namespace Orrery.Tests.Secrets.Age;

/// <summary>
/// Files that were changed at random: each is read as it was, or refused in words of ours.
/// </summary>
[Trait("Category", Exploring.Category)]
public class AgeFuzzTests
{
    private const string Planted = "planted-secret";
    private const long BytesMax = 64 * 1024 * 1024;

    // Above it a changed number would ask for more memory than a test may take; the files ask for less.
    private const int WorkFactorMax = 6;

    private static readonly IIdentity Alice = AgeIdentity.Generate(SeededRandom.From(1));
    private static readonly IIdentity Quantum = AgeIdentity.GeneratePostQuantum(SeededRandom.From(2));
    private static readonly IKeyHolder[] Holders = [Alice, new ScryptIdentity("words", WorkFactorMax)];

    [Fact]
    public void A_changed_file_is_read_as_it_was_or_refused_without_its_content()
    {
        var files = Files();
        var random = new Random(20);
        for (var i = 0; i < Exploring.Damaged; i++)
        {
            // The post-quantum exchange takes longest: one in twenty.
            var file = i % 20 == 0 ? files[^1] : files[random.Next(files.Count - 1)];
            Try(Mutate(random, file), i % 20 == 0 ? [Quantum] : Holders, i);
        }
    }

    [Fact]
    public void A_changed_key_file_is_read_or_refused_without_its_content()
    {
        var text = $"# comment\n{Alice.Export()}\n{Quantum.Export()}\n{PluginKey.OfPlugin("test")!.Text}\n";
        var recipients = $"{Alice.Recipient}\n# comment\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb9ECWmEzf6FQbrBZ9w7lsh"
            + "QhqowtrbLDFw4rXAxZuE someone\n";
        var random = new Random(21);
        for (var i = 0; i < Exploring.Damaged / 10; i++)
        {
            var changed = Encoding.UTF8.GetString(Mutate(random, Encoding.UTF8.GetBytes(text)));
            if (!IdentityFile.TryParseAll(changed, out _, out var problem))
                problem.Length.ShouldBeLessThan(80, $"case {i}: {problem}");
            var others = Encoding.UTF8.GetString(Mutate(random, Encoding.UTF8.GetBytes(recipients)));
            if (!RecipientFile.TryParse(others, out _, out problem))
                problem.ShouldNotBeEmpty($"case {i}");
        }
    }

    [Fact]
    public void A_plugin_that_says_anything_is_understood_or_refused()
    {
        var said = Encoding.ASCII.GetBytes(
            "-> msg\naGVsbG8\n-> confirm eWVz bm8\naGVsbG8\n-> recipient-stanza 0 test arg\nAAAA\n-> labels a b\n\n"
            + "-> file-key 0\nMDEyMzQ1Njc4OWFiY2RlZg\n-> request-secret\naGVsbG8\n-> done\n\n");
        var random = new Random(22);
        for (var i = 0; i < Exploring.Damaged / 10; i++)
        {
            var key = PluginKey.OfPlugin("test")!;
            PluginDialogue dialogue = i % 2 == 0
                ? new PluginWrapping([key], new byte[16])
                : new PluginUnwrapping([key], []);
            var parser = new StanzaParser();
            try
            {
                foreach (var line in Encoding.Latin1.GetString(Mutate(random, said)).Split('\n'))
                {
                    if (parser.Add(line) is { } stanza)
                        dialogue.On(stanza);
                }
            }
            catch (AgeException)
            {
                // Refused, which is right; anything else ends the test.
            }
        }
    }

    private static void Try(byte[] file, IKeyHolder[] holders, int number)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var plain = AgeFile.Decrypt(Armor.IsArmored(file) ? Armor.Decode(file) : file, holders);
            Encoding.UTF8.GetString(plain).ShouldStartWith(Planted, customMessage: $"case {number}");
        }
        catch (AgeException refusal)
        {
            refusal.ToString().ShouldNotContain(Planted);
            refusal.Message.ShouldNotContain("AGE-SECRET-KEY");
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(BytesMax, $"case {number}");
    }

    private static List<byte[]> Files()
    {
        var plain = Encoding.UTF8.GetBytes(Planted);
        var large = Encoding.UTF8.GetBytes(Planted + new string('x', 70_000));
        byte[] Of(byte[] content, IRecipient recipient) => AgeFile.Encrypt(content, [recipient], SeededRandom.From(5));
        byte[] Armored(byte[] file) => Encoding.ASCII.GetBytes(Armor.Encode(file));
        var passphrase = Of(plain, new ScryptRecipient("words", 2));
        return
        [
            Of(plain, Alice.Recipient), Armored(Of(plain, Alice.Recipient)), Of(large, Alice.Recipient),
            passphrase, Armored(passphrase), Of(plain, Quantum.Recipient),
        ];
    }

    private static byte[] Mutate(Random random, byte[] file)
    {
        var bytes = file.ToList();
        for (var changes = random.Next(1, 4); changes > 0 && bytes.Count > 0; changes--)
        {
            // Most of what can go wrong is in the header.
            var at = random.Next(random.Next(3) == 0 ? bytes.Count : Math.Min(bytes.Count, 300));
            switch (random.Next(7))
            {
                case 0 or 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 100), bytes.Count - at));
                    break;
                case 4:
                    bytes.InsertRange(at, Enumerable.Repeat((byte)random.Next(256), random.Next(1, 100)));
                    break;
                case 5:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 300), bytes.Count - at)));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }
}
