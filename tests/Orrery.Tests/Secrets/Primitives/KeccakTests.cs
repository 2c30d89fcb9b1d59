using System.Security.Cryptography;
using System.Text;
using Orrery.Secrets.Primitives;

namespace Orrery.Tests.Secrets.Primitives;

public class KeccakTests
{
    // The examples of NIST for FIPS 202: https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines
    [Theory]
    [InlineData("", "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a")]
    [InlineData("abc", "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532")]
    public void The_examples_of_the_standard_hold(string input, string expected) =>
        Convert.ToHexStringLower(Keccak.Sha3Of256Bits(Encoding.ASCII.GetBytes(input))).ShouldBe(expected);

    [Fact]
    public void It_agrees_with_the_system_around_every_end_of_a_block()
    {
        if (!SHA3_256.IsSupported)
            return;
        for (var length = 0; length < 420; length++)
        {
            var input = new byte[length];
            SeededRandom.From(length)(input);
            Keccak.Sha3Of256Bits(input).ShouldBe(SHA3_256.HashData(input));
            Keccak.Sha3Of512Bits(input).ShouldBe(SHA3_512.HashData(input));
            Keccak.Shake128(input).Read(500).ShouldBe(Shake128.HashData(input, 500));
            Keccak.Shake256(input).Read(500).ShouldBe(Shake256.HashData(input, 500));
        }
    }

    [Fact]
    public void Output_read_in_pieces_is_the_same()
    {
        var (whole, pieces) = (Keccak.Shake128("seed"u8).Read(1_000), Keccak.Shake128("seed"u8));
        Enumerable.Range(0, 100).SelectMany(_ => pieces.Read(10)).ShouldBe(whole);
    }
}
