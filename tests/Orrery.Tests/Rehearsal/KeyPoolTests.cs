using System.Security.Cryptography;
using Orrery.Rehearsal.Stages;

namespace Orrery.Tests.Rehearsal;

/// <summary>The throw-away keys of a rehearsal are real keys, and the same each time.</summary>
public class KeyPoolTests
{
    [Theory]
    [InlineData(2048, 0)]
    [InlineData(2048, 1)]
    [InlineData(4096, 0)]
    [InlineData(4096, 1)]
    public void An_RSA_key_signs_and_the_framework_verifies(int bits, ulong seed)
    {
        using var key = new KeyPool(seed).RsaKey(bits);
        key.KeySize.ShouldBe(bits);
        var signature = key.SignData("a"u8, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var known = RSA.Create(key.ExportParameters(includePrivateParameters: false));
        known.VerifyData("a"u8, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).ShouldBeTrue();
    }

    [Fact]
    public void Two_keys_of_one_size_differ_and_the_pool_knows_no_other_size()
    {
        var pool = new KeyPool(1);
        using var first = pool.RsaKey(4096);
        using var second = pool.RsaKey(4096);
        first.ExportParameters(false).Modulus.ShouldNotBe(second.ExportParameters(false).Modulus);
        Should.Throw<ArgumentOutOfRangeException>(() => pool.RsaKey(1024));
    }

    [Fact]
    public void What_has_a_name_gets_the_same_keys_whatever_was_made_before()
    {
        var (pool, other) = (new KeyPool(1), new KeyPool(1));
        other.Fill(new byte[100]);
        using var key = pool.For("a").EcdsaKey();
        using var same = other.For("a").EcdsaKey();
        using var different = pool.For("b").EcdsaKey();
        same.ExportECPrivateKeyPem().ShouldBe(key.ExportECPrivateKeyPem());
        different.ExportECPrivateKeyPem().ShouldNotBe(key.ExportECPrivateKeyPem());
    }

    [Fact]
    public void An_elliptic_key_signs_the_same_each_time_and_the_framework_verifies()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            using var key = new KeyPool(seed).EcdsaKey();
            using var again = new KeyPool(seed).EcdsaKey();
            var signature = key.SignData("a"u8, HashAlgorithmName.SHA256);
            again.ExportECPrivateKeyPem().ShouldBe(key.ExportECPrivateKeyPem());
            again.SignData("a"u8, HashAlgorithmName.SHA256).ShouldBe(signature);
            using var known = ECDsa.Create(key.ExportParameters(includePrivateParameters: false));
            known.VerifyData("a"u8, signature, HashAlgorithmName.SHA256).ShouldBeTrue($"seed {seed}");
            known.VerifyData("b"u8, signature, HashAlgorithmName.SHA256).ShouldBeFalse();
            key.VerifyData("a"u8, signature, HashAlgorithmName.SHA256).ShouldBeTrue();
            const DSASignatureFormat der = DSASignatureFormat.Rfc3279DerSequence;
            known.VerifyData("a"u8, key.SignData("a"u8, HashAlgorithmName.SHA256, der), HashAlgorithmName.SHA256, der)
                .ShouldBeTrue($"seed {seed}");
        }
    }
}
