using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Orrery.Secrets.Age;

namespace Orrery.Tests.Secrets.Age;

public class AgeFileTests
{
    private static readonly IIdentity Alice = AgeIdentity.Generate(SeededRandom.From(1));
    private static readonly IIdentity Bob = AgeIdentity.Generate(SeededRandom.From(2));
    private static readonly IIdentity Eve = AgeIdentity.Generate(SeededRandom.From(3));

    [Fact]
    public void What_is_encrypted_is_what_is_decrypted() =>
        Prop.ForAll<byte[], int>((plain, seed) =>
        {
            var file = AgeFile.Encrypt(plain, [Alice.Recipient], SeededRandom.From(seed));
            return AgeFile.Decrypt(file, [Alice]).AsSpan().SequenceEqual(plain);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Armor_keeps_every_byte() =>
        Prop.ForAll<NonEmptyArray<byte>>(file => Armor.Decode(Armor.Encode(file.Get)).AsSpan().SequenceEqual(file.Get))
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(131_072)]
    [InlineData(200_000)]
    public void Contents_of_every_length_around_a_chunk_come_back(int length)
    {
        var plain = new byte[length];
        SeededRandom.From(length)(plain);
        AgeFile.Decrypt(Encrypt(plain, Alice), [Alice]).ShouldBe(plain);
    }

    [Fact]
    public void Each_recipient_can_read_and_nobody_else()
    {
        var file = Encrypt("both"u8, Alice, Bob);
        AgeFile.Decrypt(file, [Alice]).ShouldBe("both"u8.ToArray());
        AgeFile.Decrypt(file, [Eve, Bob]).ShouldBe("both"u8.ToArray());
        Refusal(file, Eve).Message.ShouldBe("none of the identities is a recipient of this age file");
    }

    [Fact]
    public void A_file_without_recipients_is_refused() =>
        Should.Throw<AgeException>(() => AgeFile.Encrypt("lost"u8, [], SeededRandom.From(1)))
            .Message.ShouldBe("an age file needs at least one recipient");

    [Fact]
    public void The_same_randomness_gives_the_same_bytes_and_other_randomness_others()
    {
        byte[] File(int seed) => AgeFile.Encrypt("text"u8, [Alice.Recipient], SeededRandom.From(seed));
        File(5).ShouldBe(File(5));
        File(5).ShouldNotBe(File(6));
    }

    [Fact]
    public void Every_flipped_bit_is_refused()
    {
        var file = Encrypt("a small secret"u8, Alice);
        for (var bit = 0; bit < file.Length * 8; bit++)
        {
            var changed = file.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Should.Throw<AgeException>(() => AgeFile.Decrypt(changed, [Alice]), $"bit {bit}");
        }
    }

    [Fact]
    public void Every_flipped_bit_of_the_armor_is_refused()
    {
        var armored = Encoding.ASCII.GetBytes(Armor.Encode(Encrypt("a small secret"u8, Alice)));
        for (var bit = 0; bit < armored.Length * 8; bit++)
        {
            var changed = armored.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Should.Throw<AgeException>(() => AgeFile.Decrypt(Armor.Decode(changed), [Alice]), $"bit {bit}");
        }
    }

    [Fact]
    public void Every_shortened_file_is_refused()
    {
        var file = Encrypt("a small secret"u8, Alice);
        for (var length = 0; length < file.Length; length++)
            Refusal(file[..length], Alice);
    }

    [Fact]
    public void A_file_with_something_behind_it_is_refused() =>
        Refusal([.. Encrypt("text"u8, Alice), 0], Alice).Failure.ShouldBe(AgeFailure.Payload);

    [Fact]
    public void No_refusal_shows_the_content()
    {
        var file = Encrypt("planted-secret"u8, Alice);
        for (var at = 0; at < file.Length; at++)
        {
            var changed = file.ToArray();
            changed[at] ^= 1;
            var shown = Refusal(changed, Alice).ToString();
            shown.ShouldNotContain("planted-secret");
            shown.ShouldNotContain(Alice.Export());
        }
    }

    [Theory]
    [InlineData("", "", true)]
    [InlineData("\n \t\n", "\n \t", true)]
    [InlineData(" ", "", false)]
    [InlineData("", " ", false)]
    [InlineData("text\n", "", false)]
    [InlineData("", "\ntext", false)]
    public void Only_blank_lines_may_stand_around_armor(string before, string after, bool accepted)
    {
        var text = before + Armor.Encode("file"u8).TrimEnd() + after;
        if (accepted)
            Armor.Decode(text).ShouldBe("file"u8.ToArray());
        else
            Should.Throw<AgeException>(() => Armor.Decode(text)).Failure.ShouldBe(AgeFailure.Armor);
    }

    [Fact]
    public void Armor_with_the_line_ends_of_Windows_is_read() =>
        Armor.Decode(Armor.Encode("file"u8).ReplaceLineEndings("\r\n")).ShouldBe("file"u8.ToArray());

    [Fact]
    public void Armor_is_told_from_a_binary_file()
    {
        var file = Encrypt("text"u8, Alice);
        Armor.IsArmored(file).ShouldBeFalse();
        Armor.IsArmored(Encoding.ASCII.GetBytes("\n" + Armor.Encode(file))).ShouldBeTrue();
    }

    private static byte[] Encrypt(ReadOnlySpan<byte> plain, params IIdentity[] identities) =>
        AgeFile.Encrypt(plain, [.. identities.Select(identity => identity.Recipient)], SeededRandom.From(9));

    private static AgeException Refusal(byte[] file, IIdentity identity) =>
        Should.Throw<AgeException>(() => AgeFile.Decrypt(file, [identity]));
}
