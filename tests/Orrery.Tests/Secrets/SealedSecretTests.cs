using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Orrery.Rehearsal.Stages;
using Orrery.Secrets.SealedSecrets;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Secrets;

/// <summary>Sealed Secrets' own format, held to values that others have sealed.</summary>
public class SealedSecretTests
{
    private const int VectorsCount = 6;

    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly SealingScope Scope = new SealingScope.Strict("prod", "database");
    private static readonly Lazy<SealedSecretsKey> First = new(() => MakeKey(0, Now));
    private static readonly Lazy<SealedSecretsKey> Second = new(() => MakeKey(1, Now.AddDays(30)));

    [ContractFact]
    public void We_open_what_others_sealed()
    {
        var key = VectorKey();
        var vectors = Vectors();
        vectors.Length.ShouldBe(VectorsCount);
        foreach (var vector in vectors)
            SealedSecret.Open(vector.Sealed, vector.Scope, [key]).ShouldBe(vector.Plain);
    }

    [ContractFact]
    public void With_the_same_session_key_and_seed_we_write_the_same_bytes_as_others()
    {
        var key = VectorKey();
        foreach (var vector in Vectors())
        {
            var drawn = new Queue<byte>([.. vector.SessionKey, .. SeedOf(key, vector.Sealed)]);
            SealedSecret.Seal(vector.Plain, vector.Scope, key.Certificate, Draw).ShouldBe(vector.Sealed);
            drawn.ShouldBeEmpty();

            void Draw(Span<byte> bytes)
            {
                for (var i = 0; i < bytes.Length; i++)
                    bytes[i] = drawn.Dequeue();
            }
        }
    }

    [ContractFact]
    public void The_public_half_of_the_vectors_is_that_of_their_key()
    {
        using var published = RSA.Create();
        published.ImportFromPem(File.ReadAllText(ContractFolder.Of("sealed-secrets", "public.pem")));
        published.ExportParameters(false).Modulus.ShouldBe(VectorKey().Certificate.Key.Modulus);
    }

    [Fact]
    public void What_is_sealed_with_the_certificate_alone_opens_in_its_scope_and_no_other()
    {
        SealingScope[] scopes =
        [
            Scope, new SealingScope.Strict("prod", "other"), new SealingScope.Strict("dev", "database"),
            new SealingScope.NamespaceWide("prod"), new SealingScope.NamespaceWide("dev"),
            new SealingScope.ClusterWide(),
        ];
        var certificate = SealingCertificate.Read(First.Value.Certificate.Pem);
        var plain = Encoding.UTF8.GetBytes("planted-4711 ✓");
        foreach (var scope in scopes)
        {
            var value = SealedSecret.Seal(plain, scope, certificate, SeededRandom.From(1));
            foreach (var other in scopes)
            {
                if (other == scope)
                    SealedSecret.Open(value, other, [First.Value]).ShouldBe(plain);
                else
                    Refusal(value, other, First.Value).Failure.ShouldBe(SealedSecretFailure.NoKey);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    public void Contents_of_every_length_come_back(int length)
    {
        var plain = new byte[length];
        SeededRandom.From(length)(plain);
        var value = SealedSecret.Seal(plain, Scope, First.Value.Certificate, SeededRandom.From(2));
        SealedSecret.Open(value, Scope, [Second.Value, First.Value]).ShouldBe(plain);
    }

    [Fact]
    public void The_newest_key_is_sealed_to_and_all_of_them_open()
    {
        SealedSecretsKey.Newest([First.Value, Second.Value]).ShouldBe(Second.Value);
        SealedSecretsKey.Newest([Second.Value, First.Value]).ShouldBe(Second.Value);
        var old = SealedSecret.Seal("a"u8, Scope, First.Value.Certificate, SeededRandom.From(3));
        SealedSecret.Open(old, Scope, [First.Value, Second.Value]).ShouldBe("a"u8.ToArray());
        Refusal(old, Scope, Second.Value).Failure.ShouldBe(SealedSecretFailure.NoKey);
    }

    [Fact]
    public void Every_changed_byte_is_refused_without_its_content()
    {
        const string secret = "planted-4711";
        var value = Convert.FromBase64String(SealedSecret.Seal(
            Encoding.UTF8.GetBytes(secret), Scope, First.Value.Certificate, SeededRandom.From(4)));
        foreach (var at in new[] { 0, 1, 2, 300, 513, 514, value.Length - 17, value.Length - 1 })
        {
            byte[] changed = [.. value];
            changed[at] ^= 1;
            var refusal = Refusal(Convert.ToBase64String(changed), Scope, First.Value);
            refusal.ToString().ShouldNotContain(secret);
            refusal.Failure.ShouldBe(at switch
            {
                0 => SealedSecretFailure.Malformed,
                >= 514 => SealedSecretFailure.Content,
                _ => SealedSecretFailure.NoKey,
            });
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("no base64!")]
    [InlineData("AA==")]
    [InlineData("AgA=")]
    [InlineData("AAAAAAAAAAAAAAAAAAAA")]
    public void What_is_no_sealed_value_is_refused(string value) =>
        Should.Throw<SealedSecretException>(() => SealedSecret.Open(value, Scope, [First.Value]));

    [Fact]
    public void A_key_pair_reads_back_equal_and_holds_ten_years()
    {
        var key = First.Value;
        key.Certificate.NotBefore.ShouldBe(Now);
        key.Certificate.NotAfter.ShouldBe(Now.AddYears(10));
        var read = SealedSecretsKey.Read(key.Certificate.Pem, key.ExportPrivateKey());
        read.ExportPrivateKey().ShouldBe(key.ExportPrivateKey());
        read.Certificate.Pem.ShouldBe(key.Certificate.Pem);
        key.ToString().ShouldBe("(key pair of 2026-01-01)");
        MakeKey(0, Now).Certificate.Pem.ShouldBe(key.Certificate.Pem, "equal inputs give equal bytes");
    }

    [Fact]
    public void Halves_that_do_not_belong_together_are_refused()
    {
        static SealedSecretException Refused(string certificate, string key) =>
            Should.Throw<SealedSecretException>(() => SealedSecretsKey.Read(certificate, key));
        Refused(First.Value.Certificate.Pem, Second.Value.ExportPrivateKey()).Message.ShouldBe(
            "the Sealed Secrets key pair cannot be used: certificate and private key do not belong together");
        Refused(First.Value.Certificate.Pem, "planted").Message.ShouldBe(
            "the Sealed Secrets key pair cannot be used: its private half is not an RSA key in PEM");
        Refused("planted", First.Value.ExportPrivateKey()).Message.ShouldBe(
            "the sealing certificate cannot be used: it is not a certificate in PEM");
    }

    private static SealedSecretsKey MakeKey(ulong seed, DateTimeOffset notBefore)
    {
        var pool = new KeyPool(seed);
        using var key = pool.RsaKey(SealedSecretsKey.Bits);
        return SealedSecretsKey.Make(key, notBefore, pool.Fill);
    }

    private static SealedSecretException Refusal(string value, SealingScope scope, SealedSecretsKey key) =>
        Should.Throw<SealedSecretException>(() => SealedSecret.Open(value, scope, [key]));

    private static SealedSecretsKey VectorKey()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(ContractFolder.Of("sealed-secrets", "key.json")));
        using var key = RSA.Create();
        key.ImportPkcs8PrivateKey(json.RootElement.GetProperty("pkcs8").GetBytesFromBase64(), out _);
        return SealedSecretsKey.Make(key, Now, SeededRandom.From(5));
    }

    private static Vector[] Vectors()
    {
        var path = ContractFolder.Of("sealed-secrets", "interop-vectors.json");
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        return [.. json.RootElement.EnumerateArray().Select(ReadVector)];
    }

    private static Vector ReadVector(JsonElement vector)
    {
        var parts = vector.GetProperty("label").GetString()!.Split('/');
        return new Vector(
            vector.GetProperty("scope").GetString() switch
            {
                "strict" => new SealingScope.Strict(parts[0], parts[1]),
                "namespace-wide" => new SealingScope.NamespaceWide(parts[0]),
                _ => new SealingScope.ClusterWide(),
            },
            vector.GetProperty("plaintextBase64").GetBytesFromBase64(),
            vector.GetProperty("sealedBase64").GetString()!,
            Convert.FromHexString(vector.GetProperty("sessionKeyHex").GetString()!));
    }

    /// <summary>The padding's seed, by the definition of OAEP and plain arithmetic.</summary>
    private static byte[] SeedOf(SealedSecretsKey key, string value)
    {
        var bytes = Convert.FromBase64String(value);
        var size = (bytes[0] << 8) | bytes[1];
        var power = BigInteger.ModPow(
            Number(bytes.AsSpan(2, size)), Number(key.Private.D), Number(key.Private.Modulus));
        var written = power.ToByteArray(isUnsigned: true, isBigEndian: true);
        byte[] block = [.. new byte[size - written.Length], .. written];
        var (seed, data) = (block[1..33], block[33..]);
        var mask = SHA256.HashData([.. data, 0, 0, 0, 0]);
        return [.. seed.Zip(mask, (a, b) => (byte)(a ^ b))];
    }

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private sealed record Vector(SealingScope Scope, byte[] Plain, string Sealed, byte[] SessionKey);
}
