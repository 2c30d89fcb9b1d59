using System.Security.Cryptography;
using System.Text.Json;
using Orrery.Secrets.Primitives;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Secrets.Primitives;

/// <summary>The vectors of filippo.io/hpke for the one suite that age uses.</summary>
public class HpkeTests
{
    private const int HkdfSha256 = 1;
    private const int ChaCha20 = 3;

    [ContractFact]
    public void The_published_hybrid_exchange_is_played_again()
    {
        var vector = VectorOf("hpke-pq.json", HybridKem.Id);
        byte[] Hex(string name) => Convert.FromHexString(vector.GetProperty(name).GetString()!);
        var key = new HybridKem(Hex("skRm"));
        key.PublicKey.ShouldBe(Hex("pkRm"));
        HybridKem.IsPublicKey(key.PublicKey).ShouldBeTrue();

        var given = new Queue<byte>(Hex("ikmE"));
        var (cipher, secret) = HybridKem.Encapsulate(key.PublicKey, bytes =>
        {
            for (var i = 0; i < bytes.Length; i++)
                bytes[i] = given.Dequeue();
        }).ShouldNotBeNull();
        cipher.ShouldBe(Hex("enc"));
        secret.ShouldBe(Hex("shared_secret"));
        key.Decapsulate(cipher).ShouldBe(secret);

        var (scheduled, nonce) = Hpke.Schedule(HybridKem.Id, secret, Hex("info"));
        scheduled.ShouldBe(Hex("key"));
        nonce.ShouldBe(Hex("base_nonce"));
        var first = vector.GetProperty("encryptions")[0];
        var sealedText = Convert.FromHexString(first.GetProperty("ct").GetString()!);
        var plain = new byte[sealedText.Length - 16];
        using var opened = new ChaCha20Poly1305(scheduled);
        opened.Decrypt(
            nonce, sealedText.AsSpan(0, plain.Length), sealedText.AsSpan(plain.Length), plain,
            Convert.FromHexString(first.GetProperty("aad").GetString()!));
        Convert.ToHexStringLower(plain).ShouldBe(first.GetProperty("pt").GetString());
    }

    [Fact]
    public void A_message_is_opened_with_the_same_secret_and_info_only()
    {
        var secret = new byte[32];
        var sealedText = Hpke.Seal(HybridKem.Id, secret, "info"u8, "message"u8);
        Hpke.Open(HybridKem.Id, secret, "info"u8, sealedText).ShouldBe("message"u8.ToArray());
        Hpke.Open(HybridKem.Id, secret, "other"u8, sealedText).ShouldBeNull();
        Hpke.Open(HybridKem.Id, [1, .. secret[1..]], "info"u8, sealedText).ShouldBeNull();
        Hpke.Open(HybridKem.Id, secret, "info"u8, sealedText.AsSpan(0, 3)).ShouldBeNull();
    }

    private static JsonElement VectorOf(string file, int kem) =>
        JsonDocument.Parse(File.ReadAllBytes(ContractFolder.Of("age", "hpke", file))).RootElement.EnumerateArray()
            .Single(vector => vector.GetProperty("mode").GetInt32() == 0
                && vector.GetProperty("kem_id").GetInt32() == kem
                && vector.GetProperty("kdf_id").GetInt32() == HkdfSha256
                && vector.GetProperty("aead_id").GetInt32() == ChaCha20);
}
