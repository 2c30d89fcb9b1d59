using System.Security.Cryptography;
using System.Text;
using Orrery.Model.Documents;
using Orrery.Model.Values;
using Orrery.Secrets.Certificates;

namespace Orrery.Providers.Talos.Configuration;

/// <summary>
/// A cluster's secrets as <c>talosctl gen secrets</c> writes them and <c>--with-secrets</c> reads them, and as single
/// texts, each under the path at which it stands in that file: <c>certs.os.key</c>.
/// </summary>
public static class TalosSecretsFile
{
    private const string AesCbc = "secrets.aescbcencryptionsecret";
    private const string Secretbox = "secrets.secretboxencryptionsecret";

    /// <summary>All texts; certificates and keys are PEM.</summary>
    public static ValueMap<string> TextsOf(TalosSecrets secrets)
    {
        var texts = new List<KeyValuePair<string, string>>();
        void Add(string path, string? text)
        {
            if (text is not null)
                texts.Add(KeyValuePair.Create(path, text));
        }

        Add("cluster.id", secrets.ClusterId);
        Add("cluster.secret", secrets.ClusterSecret);
        Add("secrets.bootstraptoken", secrets.BootstrapToken);
        Add(AesCbc, secrets.AesCbcEncryptionSecret);
        Add(Secretbox, secrets.SecretboxEncryptionSecret);
        Add("trustdinfo.token", secrets.TrustdToken);
        Add("certs.k8sserviceaccount.key", secrets.ServiceAccountKey);
        foreach (var (name, authority) in Authorities(secrets))
        {
            Add($"certs.{name}.crt", authority.Certificate);
            Add($"certs.{name}.key", authority.PrivateKey);
        }

        return ValueMap.From(texts);
    }

    /// <exception cref="FormatException">Something is missing or wrong; it says what, and shows no secret.</exception>
    public static TalosSecrets Of(ValueMap<string> texts)
    {
        string Text(string path) => texts.TryGetValue(path, out var text) && text.Length > 0
            ? text
            : throw new FormatException($"the secrets of Talos lack {path}");
        CertificateAndKey Authority(string name) =>
            new(Text($"certs.{name}.crt"), Text($"certs.{name}.key"));

        var (aesCbc, secretbox) = (texts.GetValueOrDefault(AesCbc), texts.GetValueOrDefault(Secretbox));
        if (aesCbc is null == secretbox is null)
            throw new FormatException($"the secrets of Talos must have either {Secretbox} or {AesCbc}");
        var secrets = new TalosSecrets
        {
            ClusterId = Text("cluster.id"),
            ClusterSecret = Text("cluster.secret"),
            BootstrapToken = Text("secrets.bootstraptoken"),
            AesCbcEncryptionSecret = aesCbc,
            SecretboxEncryptionSecret = secretbox,
            TrustdToken = Text("trustdinfo.token"),
            Etcd = Authority("etcd"),
            Kubernetes = Authority("k8s"),
            Aggregator = Authority("k8saggregator"),
            Os = Authority("os"),
            ServiceAccountKey = Text("certs.k8sserviceaccount.key"),
        };
        foreach (var (name, authority) in Authorities(secrets))
        {
            if (!IsPem(authority.Certificate) || !IsPem(authority.PrivateKey))
                throw new FormatException($"certs.{name} of the secrets of Talos is no certificate and key in PEM");
        }

        return secrets;
    }

    /// <summary>The file's text.</summary>
    public static Value.Sensitive Write(TalosSecrets secrets)
    {
        var sections = Value.Map.Empty;
        foreach (var (path, text) in TextsOf(secrets))
            sections = With(sections, path.Split('.'), IsPem(text) ? Base64Of(text) : text);
        return YamlText.WriteSensitive(sections);
    }

    /// <inheritdoc cref="Of"/>
    public static TalosSecrets Read(string file)
    {
        try
        {
            if (YamlDocuments.Read(file) is [Value.Map sections])
                return Of(ValueMap.From(Texts("", sections)));
        }
        catch (FormatException problem) when (!problem.Message.StartsWith("the secrets", StringComparison.Ordinal)
            && !problem.Message.StartsWith("certs.", StringComparison.Ordinal))
        {
            // Not passed on: the parser's own words could quote what is inside.
        }

        throw new FormatException("the file is not what talosctl gen secrets writes");
    }

    /// <summary>PEM as Talos takes it in its documents: all of it in base64.</summary>
    public static string Base64Of(string pem) => Convert.ToBase64String(Encoding.UTF8.GetBytes(pem));

    private static IEnumerable<KeyValuePair<string, string>> Texts(string prefix, Value.Map map)
    {
        foreach (var (key, value) in map.Fields)
        {
            switch (value)
            {
                case Value.Map section:
                    foreach (var inner in Texts($"{prefix}{key}.", section))
                        yield return inner;
                    break;
                case Value.Text text:
                    var isPem = prefix.StartsWith("certs.", StringComparison.Ordinal);
                    yield return KeyValuePair.Create(prefix + key, isPem ? FromBase64(text.Of) : text.Of);
                    break;
                case Value.Null:
                    break;
                default:
                    throw new FormatException();
            }
        }
    }

    private static string FromBase64(string text) => Encoding.UTF8.GetString(Convert.FromBase64String(text));

    private static Value.Map With(Value.Map map, ReadOnlySpan<string> path, string text) => new(map.Fields.With(
        path[0], path.Length == 1 ? text : With(map[path[0]] as Value.Map ?? Value.Map.Empty, path[1..], text)));

    private static bool IsPem(string text) => PemEncoding.TryFind(text, out _);

    private static IEnumerable<(string Name, CertificateAndKey Authority)> Authorities(TalosSecrets secrets) =>
    [
        ("etcd", secrets.Etcd), ("k8s", secrets.Kubernetes), ("k8saggregator", secrets.Aggregator),
        ("os", secrets.Os),
    ];
}
