using System.Security.Cryptography;
using System.Text.Json;
using Orrery.Secrets.Primitives;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Secrets;

public class LongNonceGcmTests
{
    [ContractFact]
    public void All_Wycheproof_vectors_with_256_bit_keys_hold()
    {
        using var document =
            JsonDocument.Parse(File.ReadAllText(ContractFolder.Of("wycheproof", "aes_gcm_test.json")));
        var nonces = new HashSet<int>();
        var count = 0;
        foreach (var group in document.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            if (group.GetProperty("keySize").GetInt32() != 256)
                continue;
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                Check(test);
                nonces.Add(test.GetProperty("iv").GetString()!.Length / 2);
                count++;
            }
        }

        count.ShouldBeGreaterThan(100);
        nonces.Count.ShouldBeGreaterThan(3, "nonces of several lengths");
    }

    [Fact]
    public void Nonces_of_twelve_bytes_give_what_the_framework_gives()
    {
        var random = SeededRandom.From(3);
        for (var length = 0; length < 100; length++)
        {
            var (key, nonce, plain, additional) = (new byte[32], new byte[12], new byte[length], new byte[length / 3]);
            random(key);
            random(nonce);
            random(plain);
            random(additional);
            using var ours = new LongNonceGcm(key);
            using var theirs = new AesGcm(key, LongNonceGcm.TagBytes);
            var (cipher, tag) = (new byte[length], new byte[LongNonceGcm.TagBytes]);
            theirs.Encrypt(nonce, plain, cipher, tag, additional);

            var sealedText = ours.Encrypt(nonce, plain, additional);
            sealedText.Cipher.ShouldBe(cipher);
            sealedText.Tag.ShouldBe(tag);
            ours.Decrypt(nonce, cipher, tag, additional).ShouldBe(plain);
            tag[length % 16] ^= 1;
            ours.Decrypt(nonce, cipher, tag, additional).ShouldBeNull();
        }
    }

    private static void Check(JsonElement test)
    {
        byte[] Bytes(string name) => Convert.FromHexString(test.GetProperty(name).GetString()!);
        using var gcm = new LongNonceGcm(Bytes("key"));
        var isValid = test.GetProperty("result").GetString() != "invalid";
        var plain = gcm.Decrypt(Bytes("iv"), Bytes("ct"), Bytes("tag"), Bytes("aad"));
        var id = $"tcId {test.GetProperty("tcId")}";
        if (!isValid)
        {
            plain.ShouldBeNull(id);
            return;
        }

        plain.ShouldBe(Bytes("msg"), id);
        var (cipher, tag) = gcm.Encrypt(Bytes("iv"), Bytes("msg"), Bytes("aad"));
        cipher.ShouldBe(Bytes("ct"), id);
        tag.ShouldBe(Bytes("tag"), id);
    }
}
