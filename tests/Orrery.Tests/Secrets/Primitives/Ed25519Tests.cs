using System.Numerics;
using System.Text;
using Orrery.Secrets.Primitives;
using Orrery.Tests.Programs;

namespace Orrery.Tests.Secrets.Primitives;

public sealed class Ed25519Tests : IDisposable
{
    private static readonly BigInteger Order =
        BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493");

    private readonly string _folder = Directory.CreateTempSubdirectory("orrery-ed25519-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // RFC 8032, 7.1: tests 1, 2, 3 and SHA(abc).
    [Theory]
    [InlineData(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    [InlineData(
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
        + "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704")]
    public void The_vectors_of_the_standard_hold(string seed, string publicKey, string message, string signature)
    {
        Convert.ToHexStringLower(Ed25519.PublicKey(Convert.FromHexString(seed))).ShouldBe(publicKey);
        Convert.ToHexStringLower(Ed25519.Sign(Convert.FromHexString(seed), Convert.FromHexString(message)))
            .ShouldBe(signature);
    }

    [Fact]
    public void Scalars_are_what_big_numbers_say()
    {
        var random = SeededRandom.From(3);
        for (var i = 0; i < 200; i++)
        {
            var (wide, one, other, added) = (new byte[64], new byte[32], new byte[32], new byte[32]);
            foreach (var bytes in (byte[][])[wide, one, other, added])
                random(bytes);
            if (i == 0)
                Array.Fill(wide, (byte)255);
            Of(Ed25519Scalar.Reduce(wide)).ShouldBe(Of(wide) % Order);
            Of(Ed25519Scalar.MultiplyAdd(one, other, added)).ShouldBe((Of(one) * Of(other) + Of(added)) % Order);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1)]
    public void The_order_itself_is_nothing(int beside)
    {
        var bytes = new byte[64];
        (Order + beside).TryWriteBytes(bytes, out _);
        Of(Ed25519Scalar.Reduce(bytes)).ShouldBe((Order + beside) % Order);
    }

    [Fact]
    public void A_key_of_another_length_is_refused() =>
        Should.Throw<ArgumentException>(() => Ed25519.PublicKey(new byte[31]));

    [ProgramFact("openssl")]
    public async Task OpenSSL_accepts_what_we_sign()
    {
        var random = SeededRandom.From(9);
        for (var i = 0; i < 5; i++)
        {
            var (seed, message) = (new byte[32], new byte[100]);
            random(seed);
            random(message);
            byte[] info = [.. Convert.FromHexString("302a300506032b6570032100"), .. Ed25519.PublicKey(seed)];
            await File.WriteAllBytesAsync($"{_folder}/key", info);
            await File.WriteAllBytesAsync($"{_folder}/message", message);
            await File.WriteAllBytesAsync($"{_folder}/signature", Ed25519.Sign(seed, message));
            var said = Encoding.UTF8.GetString(await ProgramRun.OutputAsync("openssl", [],
                "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", $"{_folder}/key", "-rawin",
                "-in", $"{_folder}/message", "-sigfile", $"{_folder}/signature"));
            said.ShouldContain("Signature Verified Successfully");
        }
    }

    private static BigInteger Of(byte[] bytes) => new(bytes, isUnsigned: true);
}
