using System.Security.Cryptography;

namespace Orrery.Secrets.Certificates;

/// <summary>
/// All that K3s would make itself at its first start, and takes where it is there already: five certificate
/// authorities, and the key that signs service accounts' tokens. A cluster that is made again with the same files is
/// trusted by whoever trusted its predecessor.
/// </summary>
/// <remarks>
/// Files and kinds of keys are those of K3s' own example for custom authorities:
/// https://github.com/k3s-io/k3s/blob/master/contrib/util/generate-custom-ca-certs.sh, described in
/// https://docs.k3s.io/cli/certificate#using-custom-ca-certificates
/// </remarks>
public static class K3sAuthorities
{
    /// <summary>Where the files belong, before the first start, readable by root only.</summary>
    public const string Folder = "/var/lib/rancher/k3s/server/tls";

    /// <summary>The authority whose servers' certificates clients verify; joining nodes pin it.</summary>
    public const string ServerAuthority = "server-ca.crt";

    /// <summary>Our own administrator's certificate and key: not for the machine, but for a kubeconfig.</summary>
    public const string AdminCertificate = "admin.crt";

    /// <inheritdoc cref="AdminCertificate"/>
    public const string AdminKey = "admin.key";

    /// <summary>The key that signs service accounts' tokens.</summary>
    public const string ServiceKey = "service.key";

    /// <summary>What the service key must be.</summary>
    public const int ServiceKeyBits = 2048;

    private const string ClientAuthority = "client-ca";

    // As the authorities that K3s makes itself: https://docs.k3s.io/advanced#certificate-management
    private const int YearsValid = 10;

    // Members of this group may do everything: https://kubernetes.io/docs/reference/access-authn-authz/rbac/
    private const string Administrator = "CN=system:admin,O=system:masters";

    private static readonly string[] Authorities =
        ["client-ca", "etcd/peer-ca", "etcd/server-ca", "request-header-ca", "server-ca"];

    /// <summary>The files that belong on the machine, below <see cref="Folder"/>, in ordinal order.</summary>
    public static IReadOnlyList<string> OnMachine { get; } =
    [
        .. Authorities.SelectMany(name => new[] { $"{name}.crt", $"{name}.key" }).Append(ServiceKey)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>
    /// Every file with its PEM text, by name in ordinal order. All that ends in <c>.key</c> is secret.
    /// </summary>
    /// <param name="ecdsa">A fresh key on the curve P-256 with each call.</param>
    /// <param name="serviceKey">A fresh RSA key.</param>
    /// <param name="now">The authorities, and our administrator, hold for ten years from here.</param>
    public static IReadOnlyDictionary<string, string> Make(
        Func<ECDsa> ecdsa, RSA serviceKey, DateTimeOffset now, FillRandom random)
    {
        var validity = new Validity(now, now.AddYears(YearsValid));
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [ServiceKey] = $"{serviceKey.ExportRSAPrivateKeyPem()}\n",
        };
        foreach (var name in Authorities)
        {
            // As K3s names them, so that two generations of a cluster can be told from each other.
            var distinguished = $"CN=k3s-{name.Replace('/', '-')}@{now.ToUnixTimeSeconds()}";
            using var authority = CertificateAuthority.Make(distinguished, ecdsa(), validity, random);
            files[$"{name}.crt"] = authority.Pem;
            files[$"{name}.key"] = authority.ExportPrivateKey();
            if (name == ClientAuthority)
                AddAdministrator(files, authority, ecdsa, validity, random);
        }

        return files;
    }

    /// <summary>
    /// Whoever opens the authorities could sign another one with the key beside it: so it holds as long as they do.
    /// </summary>
    private static void AddAdministrator(
        SortedDictionary<string, string> files, CertificateAuthority authority, Func<ECDsa> ecdsa, Validity validity,
        FillRandom random)
    {
        using var key = ecdsa();
        var admin = authority.SignClient(Administrator, key, validity, random);
        files[AdminCertificate] = admin.Pem;
        files[AdminKey] = admin.ExportPrivateKey();
    }
}
