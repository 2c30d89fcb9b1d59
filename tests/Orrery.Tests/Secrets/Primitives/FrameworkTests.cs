using System.Security.Cryptography;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Secrets.Primitives;

/// <summary>What we take from the framework does here, on this system's library, what is published.</summary>
public class FrameworkTests
{
    [ContractFact]
    public void ChaCha20_Poly1305_opens_and_refuses_as_published()
    {
        foreach (var vector in Wycheproof.Read("chacha20_poly1305_test.json"))
        {
            var (nonce, tag, sealedText) = (vector.Hex("iv"), vector.Hex("tag"), vector.Hex("ct"));
            var plain = new byte[sealedText.Length];
            Accepted(() =>
            {
                using var cipher = new ChaCha20Poly1305(vector.Hex("key"));
                cipher.Decrypt(nonce, sealedText, tag, plain, vector.Hex("aad"));
            }).ShouldBe(vector.IsValid, $"tcId {vector.Id}");
            if (vector.IsValid)
                plain.ShouldBe(vector.Hex("msg"), $"tcId {vector.Id}");
        }
    }

    [ContractFact]
    public void Hkdf_gives_the_published_keys()
    {
        foreach (var vector in Wycheproof.Read("hkdf_sha256_test.json"))
        {
            var key = new byte[vector.Test.GetProperty("size").GetInt32()];
            Accepted(() => HKDF.DeriveKey(
                HashAlgorithmName.SHA256, vector.Hex("ikm"), key, vector.Hex("salt"), vector.Hex("info")))
                .ShouldBe(vector.IsValid, $"tcId {vector.Id}");
            if (vector.IsValid)
                key.ShouldBe(vector.Hex("okm"), $"tcId {vector.Id}");
        }
    }

    [ContractFact]
    public void Hmac_gives_the_published_codes()
    {
        foreach (var vector in Wycheproof.Read("hmac_sha256_test.json"))
        {
            var tag = vector.Hex("tag");
            HMACSHA256.HashData(vector.Hex("key"), vector.Hex("msg")).AsSpan(0, tag.Length).SequenceEqual(tag)
                .ShouldBe(vector.IsValid, $"tcId {vector.Id}");
        }
    }

    [ContractFact]
    public void Pbkdf2_gives_the_published_keys()
    {
        foreach (var vector in Wycheproof.Read("pbkdf2_hmacsha256_test.json"))
        {
            var (count, length) = (Number(vector, "iterationCount"), Number(vector, "dkLen"));
            Rfc2898DeriveBytes.Pbkdf2(
                vector.Hex("password"), vector.Hex("salt"), count, HashAlgorithmName.SHA256, length)
                .ShouldBe(vector.Hex("dk"), $"tcId {vector.Id}");
        }
    }

    private static int Number(Wycheproof vector, string name) => vector.Test.GetProperty(name).GetInt32();

    private static bool Accepted(Action use)
    {
        try
        {
            use();
            return true;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            return false;
        }
    }
}
