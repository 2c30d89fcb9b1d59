using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Orrery.Rehearsal.Stages;
using Orrery.Secrets.Certificates;
using Orrery.Tests.Programs;

namespace Orrery.Tests.Secrets;

/// <summary>What K3s takes before its first start, held to what OpenSSL and the framework make of it.</summary>
public sealed class K3sAuthoritiesTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly IReadOnlyDictionary<string, string> Files = Make(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("orrery-k3s-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_files_are_those_that_K3s_looks_for()
    {
        K3sAuthorities.OnMachine.ShouldBe(
        [
            "client-ca.crt", "client-ca.key", "etcd/peer-ca.crt", "etcd/peer-ca.key", "etcd/server-ca.crt",
            "etcd/server-ca.key", "request-header-ca.crt", "request-header-ca.key", "server-ca.crt", "server-ca.key",
            "service.key",
        ]);
        Files.Keys.Except(K3sAuthorities.OnMachine).ShouldBe(["admin.crt", "admin.key"]);
        Files.Values.ShouldAllBe(text => text.StartsWith("-----BEGIN ") && text.EndsWith("-----\n"));
    }

    [Fact]
    public void Equal_keys_time_and_chance_give_equal_bytes()
    {
        Make(1).ShouldBe(Files);
        Make(2)["server-ca.crt"].ShouldNotBe(Files["server-ca.crt"]);
    }

    [Theory]
    [InlineData("client-ca")]
    [InlineData("etcd/peer-ca")]
    [InlineData("etcd/server-ca")]
    [InlineData("request-header-ca")]
    [InlineData("server-ca")]
    public void An_authority_signs_itself_and_may_sign_others(string name)
    {
        using var authority = X509Certificate2.CreateFromPem(Files[$"{name}.crt"], Files[$"{name}.key"]);
        authority.Subject.ShouldBe($"CN=k3s-{name.Replace('/', '-')}@{Now.ToUnixTimeSeconds()}");
        authority.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority.ShouldBeTrue();
        authority.Extensions.OfType<X509KeyUsageExtension>().Single().KeyUsages.ShouldBe(
            X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment | X509KeyUsageFlags.KeyCertSign);
        authority.NotBefore.ToUniversalTime().ShouldBe(Now.UtcDateTime.AddHours(-1));
        authority.NotAfter.ToUniversalTime().ShouldBe(Now.UtcDateTime.AddYears(10));
        IsSignedBy(authority, Files[$"{name}.crt"]).ShouldBeTrue();
    }

    [Fact]
    public void Our_administrator_is_one_to_the_API_server_and_to_nobody_else()
    {
        using var admin = X509Certificate2.CreateFromPem(Files["admin.crt"], Files["admin.key"]);
        admin.Subject.ShouldBe("CN=system:admin, O=system:masters");
        admin.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages[0].Value
            .ShouldBe("1.3.6.1.5.5.7.3.2");
        IsSignedBy(admin, Files["client-ca.crt"]).ShouldBeTrue();
        IsSignedBy(admin, Files["server-ca.crt"]).ShouldBeFalse();
    }

    [Fact]
    public void The_framework_s_own_keys_do_as_well()
    {
        using var service = RSA.Create(K3sAuthorities.ServiceKeyBits);
        var files = K3sAuthorities.Make(
            () => ECDsa.Create(ECCurve.NamedCurves.nistP256), service, Now, SeededRandom.From(1));
        using var admin = X509Certificate2.CreateFromPem(files["admin.crt"], files["admin.key"]);
        IsSignedBy(admin, files["client-ca.crt"]).ShouldBeTrue();
    }

    [ProgramFact("openssl")]
    public async Task OpenSSL_verifies_the_administrator_and_knows_the_keys()
    {
        foreach (var (name, text) in Files)
            await File.WriteAllTextAsync(Path.Combine(_folder, name.Replace('/', '-')), text);
        await OutputAsync("verify", "-purpose", "sslclient", "-CAfile", PathOf("client-ca.crt"), PathOf("admin.crt"));
        (await OutputAsync("rsa", "-in", PathOf("service.key"), "-check", "-noout")).ShouldContain("RSA key ok");
        (await OutputAsync("ec", "-in", PathOf("server-ca.key"), "-noout", "-text")).ShouldContain("prime256v1");
    }

    [Fact]
    public void A_token_tells_by_which_authority_the_cluster_is_known()
    {
        var authority = Files["server-ca.crt"];
        var token = K3sToken.Make(authority, SeededRandom.From(1));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(authority)));
        token.ShouldMatch($"^K10{hash}::server:[0-9a-f]{{64}}$");
        K3sToken.Accepts(token, authority).ShouldBeTrue();
        K3sToken.Accepts(token, Files["client-ca.crt"]).ShouldBeFalse();
        K3sToken.Make(authority, SeededRandom.From(2)).ShouldNotBe(token);
    }

    private static IReadOnlyDictionary<string, string> Make(ulong seed)
    {
        var pool = new KeyPool(seed);
        using var service = pool.RsaKey(K3sAuthorities.ServiceKeyBits);
        return K3sAuthorities.Make(pool.EcdsaKey, service, Now, pool.Fill);
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
