using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Sealing;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Tests.Contracts;
using static Orrery.Tests.Simulation.K3s.ClusterScene;

namespace Orrery.Tests.Simulation.K3s;

public class SealedSecretsTests
{
    private const string Label = "sealedsecrets.bitnami.com/sealed-secrets-key";

    private static readonly RSA Key = RSA.Create(2048);

    [ContractFact]
    public void Every_vector_opens_under_its_label_and_under_no_other()
    {
        string Read(string name) => File.ReadAllText(ContractFolder.Of("sealed-secrets", name));
        using var key = RSA.Create();
        key.ImportPkcs8PrivateKey(Convert.FromBase64String(Text(JsonNode.Parse(Read("key.json")), "pkcs8")), out _);
        var vectors = JsonNode.Parse(Read("interop-vectors.json"))!.AsArray();
        vectors.Count.ShouldBeGreaterThan(3);
        foreach (var vector in vectors)
        {
            var sealedValue = Convert.FromBase64String(Text(vector, "sealedBase64"));
            var label = Text(vector, "label");
            Convert.ToBase64String(SealedFormat.Open(key, sealedValue, Encoding.UTF8.GetBytes(label)).ShouldNotBeNull())
                .ShouldBe(Text(vector, "plaintextBase64"));
            SealedFormat.Open(key, sealedValue, Encoding.UTF8.GetBytes(label + "x")).ShouldBeNull();
            sealedValue[^1] ^= 1;
            SealedFormat.Open(key, sealedValue, Encoding.UTF8.GetBytes(label)).ShouldBeNull();
        }
    }

    [Fact]
    public void What_was_sealed_before_opens_with_the_key_that_was_kept()
    {
        var scene = new ClusterScene().Boot();
        Keep(scene);
        Install(scene, "0");
        Keys(scene).Count.ShouldBe(1);
        Apply(scene, Seal(Key, "planted"));
        scene.Wait(10);
        Condition(Sealed(scene), "Synced").ShouldBe("True");
        var secret = scene.Get("v1", "Secret", "default", "mine");
        Text(secret, "data", "password").ShouldBe(Convert.ToBase64String("planted"u8));
        Text(secret, "metadata", "ownerReferences", "0", "kind").ShouldBe("SealedSecret");
    }

    [Fact]
    public void Without_a_key_it_makes_its_own_which_opens_nothing_of_before()
    {
        var scene = new ClusterScene().Boot();
        Install(scene, "0");
        Apply(scene, Seal(Key, "planted"));
        scene.Wait(10);
        Condition(Sealed(scene), "Synced").ShouldBe("False");
        Condition(Sealed(scene), "Synced", "message").ShouldContain("no key could decrypt secret");
        scene.Get("v1", "Secret", "default", "mine").ShouldBeNull();
        var pem = Encoding.UTF8.GetString(Convert.FromBase64String(Text(Keys(scene).Single(), "data", "tls.crt")));
        using var certificate = X509Certificate2.CreateFromPem(pem);
        Apply(scene, Seal(certificate.GetRSAPublicKey()!, "new"));
        scene.Wait(10);
        Condition(Sealed(scene), "Synced").ShouldBe("True");
    }

    [Theory]
    [InlineData("0", 1)]
    [InlineData("", 2)]
    public void It_makes_another_key_every_thirty_days_unless_it_is_told_not_to(string period, int keys)
    {
        var scene = new ClusterScene().Boot();
        Keep(scene);
        Install(scene, period);
        var shown = scene.Cluster.SealingCertificate;
        shown.ShouldNotBeNull();
        scene.Wait(TimeSpan.FromDays(31).TotalSeconds);
        Keys(scene).Count.ShouldBe(keys);
        // People seal to the newest.
        (scene.Cluster.SealingCertificate == shown).ShouldBe(keys == 1);
        Apply(scene, Seal(Key, "planted"));
        scene.Wait(10);
        Condition(Sealed(scene), "Synced").ShouldBe("True");
    }

    [Fact]
    public void A_key_that_comes_after_the_start_is_not_seen_before_the_next()
    {
        var scene = new ClusterScene().Boot();
        Install(scene, "0");
        Keep(scene);
        Apply(scene, Seal(Key, "planted"));
        scene.Wait(10);
        Condition(Sealed(scene), "Synced").ShouldBe("False");
        scene.Store.Delete("v1", "Pod", "kube-system", Text(scene.Pod("kube-system", "sealed-secrets-controller-"),
            "metadata", "name"));
        scene.Wait(60);
        Condition(Sealed(scene), "Synced").ShouldBe("True");
    }

    private static JsonObject? Sealed(ClusterScene scene) =>
        scene.Get("bitnami.com/v1alpha1", "SealedSecret", "default", "mine");

    private static List<JsonObject> Keys(ClusterScene scene) => [.. scene.Store.List("v1", "Secret", "kube-system")
        .Where(secret => secret["metadata"]!["labels"]?[Label] is not null)];

    private static void Keep(ClusterScene scene)
    {
        var request = new CertificateRequest("CN=kept", Key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var start = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        using var certificate = request.CreateSelfSigned(start, start.AddYears(10));
        var secret = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject
            {
                ["name"] = "kept",
                ["namespace"] = "kube-system",
                ["labels"] = new JsonObject { [Label] = "active" },
            },
            ["type"] = "kubernetes.io/tls",
            ["stringData"] = new JsonObject
            {
                ["tls.crt"] = certificate.ExportCertificatePem(),
                ["tls.key"] = Key.ExportPkcs8PrivateKeyPem(),
            },
        };
        scene.Store.Apply(secret, new WriteOptions { Manager = "test" });
    }

    private static void Install(ClusterScene scene, string period)
    {
        scene.Apply($"""
            apiVersion: helm.cattle.io/v1
            kind: HelmChart
            metadata:
              name: sealed-secrets
              namespace: kube-system
            spec:
              chart: sealed-secrets
              repo: https://bitnami-labs.github.io/sealed-secrets
              version: 2.18.5
              valuesContent: |
                fullnameOverride: sealed-secrets-controller
                keyrenewperiod: "{period}"
            """);
        scene.Wait(60);
    }

    // Of the whole cluster, so with an empty label: that much the framework can do by itself.
    private static string Seal(RSA key, string text)
    {
        var session = RandomNumberGenerator.GetBytes(32);
        var wrapped = key.Encrypt(session, RSAEncryptionPadding.OaepSHA256);
        var plain = Encoding.UTF8.GetBytes(text);
        var (cipher, tag, length) = (new byte[plain.Length], new byte[16], new byte[2]);
        using var aes = new AesGcm(session, 16);
        aes.Encrypt(new byte[12], plain, cipher, tag);
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)wrapped.Length);
        return Convert.ToBase64String([.. length, .. wrapped, .. cipher, .. tag]);
    }

    private static void Apply(ClusterScene scene, string value) => scene.Apply($"""
        apiVersion: bitnami.com/v1alpha1
        kind: SealedSecret
        metadata:
          name: mine
          namespace: default
          annotations:
            sealedsecrets.bitnami.com/cluster-wide: "true"
        spec:
          encryptedData:
            password: {value}
        """);
}
