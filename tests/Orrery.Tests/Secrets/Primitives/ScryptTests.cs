using System.Text;
using Orrery.Secrets.Primitives;

namespace Orrery.Tests.Secrets.Primitives;

public class ScryptTests
{
    // RFC 7914, section 12: those with p = 1.
    [Theory]
    [InlineData(
        "", "", 4, 1,
        "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
        + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906")]
    [InlineData(
        "pleaseletmein", "SodiumChloride", 14, 8,
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
        + "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887")]
    public void The_vectors_of_the_standard_hold(string passphrase, string salt, int logN, int r, string expected) =>
        Convert.ToHexStringLower(Scrypt.DeriveKey(
            Encoding.ASCII.GetBytes(passphrase), Encoding.ASCII.GetBytes(salt), logN, r, length: 64))
            .ShouldBe(expected);
}
