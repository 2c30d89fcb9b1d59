using Orrery.Secrets.Primitives;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Secrets.Primitives;

public class MlKem768Tests
{
    [ContractFact]
    public void Keys_come_from_seeds_as_the_standard_says()
    {
        foreach (var vector in Wycheproof.Read("mlkem_768_keygen_seed_test.json"))
            new MlKem768(vector.Hex("seed")).PublicKey.ToArray().ShouldBe(vector.Hex("ek"), $"tcId {vector.Id}");
    }

    [ContractFact]
    public void Encapsulation_gives_the_published_ciphers_and_refuses_what_is_no_key()
    {
        foreach (var vector in Wycheproof.Read("mlkem_768_encaps_test.json"))
        {
            var key = vector.Hex("ek");
            MlKem768.IsPublicKey(key).ShouldBe(vector.IsValid, $"tcId {vector.Id}");
            if (!vector.IsValid)
            {
                Should.Throw<ArgumentException>(() => MlKem768.Encapsulate(key, vector.Hex("m")));
                continue;
            }

            var (cipher, secret) = MlKem768.Encapsulate(key, vector.Hex("m"));
            cipher.ShouldBe(vector.Hex("c"), $"tcId {vector.Id}");
            secret.ShouldBe(vector.Hex("K"), $"tcId {vector.Id}");
        }
    }

    [ContractFact]
    public void Decapsulation_gives_the_published_secrets_also_of_ciphers_that_nobody_made()
    {
        foreach (var vector in Wycheproof.Read("mlkem_768_test.json"))
        {
            if (!vector.IsValid)
            {
                Should.Throw<ArgumentException>(
                    () => new MlKem768(vector.Hex("seed")).Decapsulate(vector.Hex("c")), $"tcId {vector.Id}");
                continue;
            }

            var key = new MlKem768(vector.Hex("seed"));
            key.Decapsulate(vector.Hex("c")).ShouldBe(vector.Hex("K"), $"tcId {vector.Id}");
        }
    }

    [Fact]
    public void Both_sides_agree_and_any_other_cipher_gives_another_secret()
    {
        var random = SeededRandom.From(1);
        var (seed, message) = (new byte[MlKem768.SeedBytes], new byte[MlKem768.SecretBytes]);
        for (var i = 0; i < 20; i++)
        {
            random(seed);
            random(message);
            var key = new MlKem768(seed);
            var (cipher, secret) = MlKem768.Encapsulate(key.PublicKey, message);
            key.Decapsulate(cipher).ShouldBe(secret);
            cipher[i * 50] ^= 1;
            key.Decapsulate(cipher).ShouldNotBe(secret);
        }
    }
}
