using System.Security.Cryptography;
using Orrery.Secrets.Age;
using Orrery.Secrets.Age.Kinds;
using Orrery.Tests.Contracts;
using Orrery.Tests.Secrets;
using Orrery.Tests.Secrets.Age;

namespace Orrery.Tests.Cli.Age;

/// <summary>What goes through piece by piece is what goes through at once.</summary>
public sealed class AgeStreamTests : IDisposable
{
    private const int Chunk = PayloadCipher.ChunkBytes;

    private static readonly IIdentity Identity = AgeIdentity.Generate(SeededRandom.From(1));

    private readonly AgeScene _scene = new();

    public AgeStreamTests() => File.WriteAllText(_scene.PathOf("key.txt"), Identity.Export());

    public void Dispose() => _scene.Dispose();

    // Around a chunk, a batch of four and all batches there are.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Chunk - 1)]
    [InlineData(Chunk)]
    [InlineData(Chunk + 1)]
    [InlineData(4 * Chunk)]
    [InlineData((4 * Chunk) + 1)]
    [InlineData(16 * Chunk)]
    [InlineData(40 * Chunk)]
    [InlineData((40 * Chunk) + 7)]
    public async Task Contents_of_every_length_go_through_armored_or_not(int length)
    {
        var plain = new byte[length];
        SeededRandom.From(length)(plain);
        foreach (var armor in new[] { Array.Empty<string>(), ["--armor"] })
        {
            _scene.Input = plain;
            (await _scene.RunAsync(["encrypt", "-i", "key.txt", .. armor])).ShouldBe(0, _scene.Error);
            var file = armor.Length > 0 ? Armor.Decode(_scene.Output) : _scene.Output;
            AgeFile.Decrypt(file, [Identity]).AsSpan().SequenceEqual(plain).ShouldBeTrue();
            _scene.Input = _scene.Output;
            (await _scene.RunAsync("decrypt", "-i", "key.txt")).ShouldBe(0, _scene.Error);
            _scene.Output.AsSpan().SequenceEqual(plain).ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 3)]
    [InlineData(4, 4)]
    [InlineData(17, 17)]
    public async Task A_damaged_chunk_ends_the_output_before_it(int damaged, int released)
    {
        var plain = new byte[20 * Chunk];
        SeededRandom.From(3)(plain);
        var file = AgeFile.Encrypt(plain, [Identity.Recipient], SeededRandom.From(4));
        AgeHeader.Read(file, out var start);
        file[start + PayloadCipher.NonceBytes + (damaged * PayloadCipher.SealedChunkBytes) + 100] ^= 1;
        _scene.Input = file;
        (await _scene.RunAsync("decrypt", "-i", "key.txt")).ShouldBe(1);
        _scene.Output.AsSpan().SequenceEqual(plain.AsSpan(0, released * Chunk)).ShouldBeTrue();
        _scene.Error.ShouldContain("AGE003");
        (await _scene.RunAsync("decrypt", "-i", "key.txt", "-o", "out")).ShouldBe(1);
        Directory.GetFiles(_scene.Folder).ShouldBe([_scene.PathOf("key.txt")]);
    }

    [ContractFact]
    public async Task Every_vector_of_a_payload_releases_what_it_says()
    {
        foreach (var path in Directory.GetFiles(ContractFolder.Of("age", "testkit"), "stream_*"))
        {
            var vector = AgeVector.Read(Path.GetFileName(path));
            await File.WriteAllTextAsync(_scene.PathOf("vector.txt"), vector["identity"]);
            _scene.Input = vector.File;
            (await _scene.RunAsync("decrypt", "-i", "vector.txt"))
                .ShouldBe(vector["expect"] == "success" ? 0 : 1, path);
            Convert.ToHexStringLower(SHA256.HashData(_scene.Output)).ShouldBe(vector["payload"], path);
        }
    }

    [Fact]
    public async Task A_passphrase_whose_cost_is_absurd_is_refused_before_it_is_paid()
    {
        var file = AgeFile.Encrypt("text"u8, [new ScryptRecipient("words", 10)], SeededRandom.From(5));
        var text = System.Text.Encoding.Latin1.GetString(file).Replace(" 10\n", " 23\n", StringComparison.Ordinal);
        _scene.Input = System.Text.Encoding.Latin1.GetBytes(text);
        _scene.Answers = "words";
        (await _scene.RunAsync("decrypt")).ShouldBe(1);
        _scene.Error.ShouldContain("work factor is above 22");
    }
}
