using System.Security.Cryptography;

namespace Orrery.Secrets.Certificates;

/// <summary>
/// All that makes a Talos cluster the one it is: its authorities, tokens and keys. A cluster that is made again with
/// the same ones is trusted by whoever trusted its predecessor. <c>ToString</c> shows none of them.
/// </summary>
/// <remarks>
/// What they are and how they are made follows
/// https://github.com/siderolabs/talos/tree/main/pkg/machinery/config/generate/secrets
/// </remarks>
public sealed record TalosSecrets
{
    /// <summary>Of the key that signs service accounts' tokens: RSA since Talos 1.7.</summary>
    public const int ServiceKeyBits = 4096;

    // Members of this group may do everything: https://kubernetes.io/docs/reference/access-authn-authz/rbac/
    private const string KubernetesAdministrator = "CN=admin,O=system:masters";

    // The role is the organisation: https://docs.siderolabs.com/talos/v1.13/security/rbac
    private const string TalosAdministrator = "O=os:admin";

    private const int YearsValid = 10;
    private const int KeyBytes = 32;

    /// <summary>32 bytes in base64: the cluster among those that a discovery service knows.</summary>
    public required string ClusterId { get; init; }

    /// <summary>32 bytes in base64: encrypts what members tell each other through discovery.</summary>
    public required string ClusterSecret { get; init; }

    /// <summary>With which kubelets join: <c>abcdef.0123456789abcdef</c>.</summary>
    public required string BootstrapToken { get; init; }

    /// <summary>With which workers ask control planes for their certificates.</summary>
    public required string TrustdToken { get; init; }

    /// <summary>32 bytes in base64: encrypts Secrets in etcd. Null in bundles from before Talos 1.3.</summary>
    public string? SecretboxEncryptionSecret { get; init; }

    /// <summary>What it was before Talos 1.3; exactly one of the two is set.</summary>
    public string? AesCbcEncryptionSecret { get; init; }

    public required CertificateAndKey Etcd { get; init; }

    public required CertificateAndKey Kubernetes { get; init; }

    public required CertificateAndKey Aggregator { get; init; }

    /// <summary>The machine API's, with an Ed25519 key.</summary>
    public required CertificateAndKey Os { get; init; }

    /// <summary>Signs service accounts' tokens; PEM.</summary>
    public required string ServiceAccountKey { get; init; }

    /// <param name="ecdsa">A fresh key on the curve P-256 with each call.</param>
    /// <param name="serviceKey">A fresh RSA key.</param>
    /// <param name="now">The authorities hold for ten years from here.</param>
    /// <returns>With them who may do everything in the cluster, signed by the authority as it was made.</returns>
    public static (TalosSecrets Secrets, ClientCertificate Administrator) Make(
        Func<ECDsa> ecdsa, RSA serviceKey, DateTimeOffset now, FillRandom random)
    {
        var validity = Ten(now);
        using var os = Ed25519Authority.Make("O=talos", validity, random);
        using var kubernetes = CertificateAuthority.Make("O=kubernetes", ecdsa(), validity, random);
        using var administrator = ecdsa();
        CertificateAndKey Authority(string name)
        {
            using var authority = CertificateAuthority.Make(name, ecdsa(), validity, random);
            return new CertificateAndKey(authority.Pem, authority.ExportPrivateKey());
        }

        var secrets = new TalosSecrets
        {
            ClusterId = UrlSafe(Key(random)),
            ClusterSecret = Key(random),
            BootstrapToken = Token(random),
            TrustdToken = Token(random),
            SecretboxEncryptionSecret = Key(random),
            Etcd = Authority("O=etcd"),
            Kubernetes = new CertificateAndKey(kubernetes.Pem, kubernetes.ExportPrivateKey()),
            Aggregator = Authority("CN=front-proxy"),
            Os = new CertificateAndKey(os.Pem, os.ExportPrivateKey()),
            ServiceAccountKey = $"{serviceKey.ExportRSAPrivateKeyPem()}\n",
        };
        return (secrets, kubernetes.SignClient(KubernetesAdministrator, administrator, validity, random));
    }

    /// <summary>
    /// Who may do everything at the machine API. Whoever has the authority could sign another one: so it holds as long.
    /// </summary>
    /// <exception cref="CryptographicException">The OS authority has no Ed25519 key, or another one's.</exception>
    public ClientCertificate SignTalosAdministrator(ECDsa key, DateTimeOffset now, FillRandom random)
    {
        using var authority = Ed25519Authority.Open(Os.Certificate, Os.PrivateKey);
        return authority.SignClient(TalosAdministrator, key, Ten(now), random);
    }

    public override string ToString() => "(secrets of a Talos cluster)";

    private static Validity Ten(DateTimeOffset now) => new(now, now.AddYears(YearsValid));

    private static string Key(FillRandom random)
    {
        var key = new byte[KeyBytes];
        random(key);
        return Convert.ToBase64String(key);
    }

    /// <summary>It stands in URLs of the discovery service; padded, as Talos up to 1.13 writes and reads it.</summary>
    private static string UrlSafe(string base64) => base64.Replace('+', '-').Replace('/', '_');

    /// <summary>
    /// As bootstrap tokens are:
    /// https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/#token-format
    /// </summary>
    private static string Token(FillRandom random) => $"{Letters(6, random)}.{Letters(16, random)}";

    private static string Letters(int count, FillRandom random)
    {
        const string alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
        // A byte beyond the last whole multiple would make some letters likelier than others.
        const int unbiased = 256 / 36 * 36;
        var (text, drawn) = (new char[count], new byte[1]);
        for (var i = 0; i < count;)
        {
            random(drawn);
            if (drawn[0] < unbiased)
                text[i++] = alphabet[drawn[0] % alphabet.Length];
        }

        return new string(text);
    }
}

/// <summary>A certificate and its key, both PEM. <c>ToString</c> never shows the key.</summary>
public sealed record CertificateAndKey(string Certificate, string PrivateKey)
{
    public override string ToString() => "(certificate and key)";
}
