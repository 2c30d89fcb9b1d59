using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Orrery.Rehearsal.Stages;
using Orrery.Secrets.Certificates;
using Orrery.Tests.Programs;

namespace Orrery.Tests.Secrets;

/// <summary>What makes a Talos cluster the one it is, held to what OpenSSL and the framework make of it.</summary>
public sealed class TalosSecretsTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly KeyPool _pool = new(1);
    private readonly TalosSecrets _secrets = Make(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("orrery-talos-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Equal_keys_time_and_chance_give_equal_secrets()
    {
        Make(1).ShouldBe(_secrets);
        Make(2).Os.ShouldNotBe(_secrets.Os);
    }

    [Fact]
    public void Tokens_and_keys_have_the_shapes_of_Talos()
    {
        _secrets.BootstrapToken.ShouldMatch("^[a-z0-9]{6}[.][a-z0-9]{16}$");
        _secrets.TrustdToken.ShouldMatch("^[a-z0-9]{6}[.][a-z0-9]{16}$");
        Convert.FromBase64String(_secrets.ClusterSecret).Length.ShouldBe(32);
        Convert.FromBase64String(_secrets.SecretboxEncryptionSecret!).Length.ShouldBe(32);
        _secrets.ClusterId.ShouldMatch("^[A-Za-z0-9_-]{43}=$");
        var key = _secrets.Os.PrivateKey.Split('\n');
        key[0].ShouldBe("-----BEGIN ED25519 PRIVATE KEY-----");
        key[1].ShouldStartWith("MC4CAQAwBQYDK2VwBCIEI");
        _secrets.ServiceAccountKey.ShouldStartWith("-----BEGIN RSA PRIVATE KEY-----\n");
        _secrets.ToString().ShouldBe("(secrets of a Talos cluster)");
    }

    [Theory]
    [InlineData("etcd", "O=etcd")]
    [InlineData("k8s", "O=kubernetes")]
    [InlineData("aggregator", "CN=front-proxy")]
    [InlineData("os", "O=talos")]
    public void An_authority_signs_itself_for_ten_years(string name, string subject)
    {
        var authority = name switch
        {
            "etcd" => _secrets.Etcd,
            "k8s" => _secrets.Kubernetes,
            "aggregator" => _secrets.Aggregator,
            _ => _secrets.Os,
        };
        using var certificate = X509Certificate2.CreateFromPem(authority.Certificate);
        certificate.Subject.ShouldBe(subject);
        certificate.NotAfter.ToUniversalTime().ShouldBe(Now.UtcDateTime.AddYears(10));
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority.ShouldBeTrue();
        certificate.SignatureAlgorithm.Value.ShouldBe(name == "os" ? "1.3.101.112" : "1.2.840.10045.4.3.2");
        IsSignedBy(certificate, authority.Certificate).ShouldBeTrue();
    }

    [Fact]
    public void Our_administrator_of_Talos_has_a_key_that_the_framework_can_use_in_TLS()
    {
        using var key = _pool.EcdsaKey();
        var signed = _secrets.SignTalosAdministrator(key, Now, _pool.Fill);
        using var admin = X509Certificate2.CreateFromPem(signed.Pem, signed.ExportPrivateKey());
        admin.Subject.ShouldBe("O=os:admin");
        admin.HasPrivateKey.ShouldBeTrue();
        // apid looks at the usage since Talos 1.3.
        admin.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages[0].Value
            .ShouldBe("1.3.6.1.5.5.7.3.2");
        IsSignedBy(admin, _secrets.Os.Certificate).ShouldBeTrue();
        IsSignedBy(admin, Make(2).Os.Certificate).ShouldBeFalse();
    }

    [Fact]
    public void Our_administrator_of_Kubernetes_is_one_to_the_API_server()
    {
        using var service = _pool.RsaKey(TalosSecrets.ServiceKeyBits);
        var (secrets, signed) = TalosSecrets.Make(_pool.EcdsaKey, service, Now, _pool.Fill);
        using var admin = X509Certificate2.CreateFromPem(signed.Pem, signed.ExportPrivateKey());
        admin.Subject.ShouldBe("CN=admin, O=system:masters");
        IsSignedBy(admin, secrets.Kubernetes.Certificate).ShouldBeTrue();
        IsSignedBy(admin, secrets.Etcd.Certificate).ShouldBeFalse();
    }

    [Fact]
    public void An_authority_with_the_key_of_another_signs_nothing_and_shows_nothing()
    {
        var wrong = _secrets with { Os = _secrets.Os with { PrivateKey = Make(2).Os.PrivateKey } };
        using var key = _pool.EcdsaKey();
        var problem = Should.Throw<CryptographicException>(() => wrong.SignTalosAdministrator(key, Now, _pool.Fill));
        problem.Message.ShouldBe("the authority's certificate and its Ed25519 key do not belong together");

        var none = _secrets with { Os = _secrets.Os with { PrivateKey = _secrets.Etcd.PrivateKey } };
        Should.Throw<CryptographicException>(() => none.SignTalosAdministrator(key, Now, _pool.Fill)).Message
            .ShouldBe("the authority's key is no Ed25519 key");
    }

    [ProgramFact("openssl")]
    public async Task OpenSSL_verifies_the_administrator_and_reads_the_authority_s_key()
    {
        using var key = _pool.EcdsaKey();
        await File.WriteAllTextAsync(PathOf("ca.crt"), _secrets.Os.Certificate);
        await File.WriteAllTextAsync(PathOf("admin.crt"), _secrets.SignTalosAdministrator(key, Now, _pool.Fill).Pem);
        // OpenSSL knows the same bytes by the general label.
        await File.WriteAllTextAsync(
            PathOf("ca.key"), _secrets.Os.PrivateKey.Replace("ED25519 PRIVATE KEY", "PRIVATE KEY"));
        await OutputAsync("verify", "-purpose", "sslclient", "-CAfile", PathOf("ca.crt"), PathOf("admin.crt"));
        (await OutputAsync("pkey", "-in", PathOf("ca.key"), "-pubout"))
            .ShouldBe(await OutputAsync("x509", "-in", PathOf("ca.crt"), "-noout", "-pubkey"));
    }

    internal static TalosSecrets Make(ulong seed)
    {
        var pool = new KeyPool(seed);
        using var service = pool.RsaKey(TalosSecrets.ServiceKeyBits);
        return TalosSecrets.Make(pool.EcdsaKey, service, Now, pool.Fill).Secrets;
    }

    private static bool IsSignedBy(X509Certificate2 certificate, string authority)
    {
        using var chain = new X509Chain();
        using var root = X509Certificate2.CreateFromPem(authority);
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = Now.UtcDateTime.AddDays(1);
        return chain.Build(certificate);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private static async Task<string> OutputAsync(params string[] arguments) =>
        Encoding.UTF8.GetString(await ProgramRun.OutputAsync("openssl", [], arguments));
}
