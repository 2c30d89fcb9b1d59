using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Simulation.Faults;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Sealing;

/// <summary>
/// The Sealed Secrets controller while its pod runs. When it starts it takes all keys that are there, and makes one
/// where there is none; it makes another every 30 days unless it is told not to. It opens with the newest first.
/// https://github.com/bitnami-labs/sealed-secrets#secret-rotation
/// </summary>
internal sealed class SealedSecretsController
{
    private const string ApiVersion = "bitnami.com/v1alpha1";
    private const string Image = "sealed-secrets-controller";
    private const string KeyLabel = "sealedsecrets.bitnami.com/sealed-secrets-key";
    private const string Scope = "sealedsecrets.bitnami.com/";

    private readonly SimulatedCluster _cluster;
    private readonly List<(DateTime NotBefore, RSA Key, string Certificate)> _keys = [];
    private readonly Dictionary<(string Value, string Label), byte[]?> _opened = [];
    private string? _pod;

    public SealedSecretsController(SimulatedCluster cluster)
    {
        _cluster = cluster;
        cluster.Loop.On("", "Pod", static pod => Programs.Runs(pod, Image) ? [ObjectKey.Of(pod)] : [], LookAtPod);
        cluster.Loop.On("bitnami.com", "SealedSecret", Reconcile);
    }

    /// <summary>
    /// What it answers at <c>/v1/cert.pem</c>, from where <c>kubeseal</c> fetches it; null while it does not run.
    /// </summary>
    public string? Certificate => _pod is null ? null : _keys.FirstOrDefault().Certificate;

    private ClusterStore Store => _cluster.Store;

    // Keys are read when the controller starts, and only then.
    private void LookAtPod(ObjectKey key)
    {
        if (Programs.Ready(Store, Image).FirstOrDefault() is not { } pod)
        {
            _pod = null;
            return;
        }

        var life = $"{pod.Uid()} {pod.At("status", "containerStatuses").Items().First()["restartCount"]}";
        if (_pod == life)
            return;
        _pod = life;
        ReadKeys(pod.Namespace());
        if (_keys.Count == 0)
            MakeKey(pod.Namespace());
        Renew(life, pod.Namespace(), PeriodOf(pod));
        foreach (var item in Store.PeekAll(ApiVersion, "SealedSecret").ToList())
            _cluster.Loop.Again(Reconcile, ObjectKey.Of(item), _cluster.Latencies.Reaction);
    }

    private void ReadKeys(string ns)
    {
        var before = _keys.ConvertAll(each => each.Certificate);
        _keys.Clear();
        foreach (var secret in Store.PeekAll("v1", "Secret", ns)
            .Where(item => item.Labels()?[KeyLabel].Text() is "active" or "compromised"))
        {
            try
            {
                var text = Data(secret, "tls.crt");
                using var certificate = X509Certificate2.CreateFromPem(text);
                var key = RSA.Create();
                key.ImportFromPem(Data(secret, "tls.key"));
                _keys.Add((certificate.NotBefore.ToUniversalTime(), key, text));
            }
            catch (Exception problem) when (problem is CryptographicException or ArgumentException or FormatException)
            {
                Events.Tell(Store, secret, Image, ("InvalidKey", "Error reading key"), isWarning: true);
            }
        }

        _keys.Sort((one, other) => other.NotBefore.CompareTo(one.NotBefore));
        if (!before.SequenceEqual(_keys.Select(each => each.Certificate)))
            _opened.Clear();
    }

    private static string Data(JsonObject secret, string name) =>
        Encoding.UTF8.GetString(Convert.FromBase64String(secret.TextAt("data", name) ?? ""));

    private void MakeKey(string ns)
    {
        var seed = StableHash.Of(_cluster.Seed).And("sealed-secrets").And((ulong)Store.Version).Value;
        var key = DrawnRsaKey.Make(seed);
        var request = new CertificateRequest(
            "CN=sealed-secret", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(Store.Clock, Store.Clock.AddYears(10));
        var text = certificate.ExportCertificatePem() + "\n";
        Store.Create(
            Objects.Of("v1", "Secret", ns, "").Labelled(KeyLabel, "active").With("type", "kubernetes.io/tls")
                .With("stringData", new JsonObject
                {
                    ["tls.crt"] = text,
                    ["tls.key"] = key.ExportRSAPrivateKeyPem() + "\n",
                })
                .Generated("sealed-secrets-key"),
            new WriteOptions { Manager = "controller" });
        _opened.Clear();
        _keys.Insert(0, (Store.Clock.UtcDateTime, key, text));
    }

    private void Renew(string life, string ns, TimeSpan period)
    {
        if (period <= TimeSpan.Zero)
            return;
        var age = _keys.Count == 0 ? TimeSpan.Zero : Store.Clock.UtcDateTime - _keys[0].NotBefore;
        var left = period - age;
        _cluster.After(left > TimeSpan.Zero ? left : TimeSpan.Zero, () =>
        {
            if (_pod != life)
                return;
            MakeKey(ns);
            Renew(life, ns, period);
        });
    }

    private static TimeSpan PeriodOf(JsonObject pod)
    {
        var arguments = pod.At("spec", "containers").Items().SelectMany(container =>
            (container["command"] as JsonArray ?? []).Concat(container["args"] as JsonArray ?? []))
            .Select(each => each.Text() ?? "").ToList();
        var at = arguments.FindIndex(
            each => each.TrimStart('-').StartsWith("key-renew-period", StringComparison.Ordinal));
        if (at < 0)
            return TimeSpan.FromDays(30);
        var text = arguments[at].Contains('=', StringComparison.Ordinal) ? arguments[at].Split('=')[1]
            : arguments.ElementAtOrDefault(at + 1) ?? "";
        var number = double.TryParse(text.TrimEnd('s', 'm', 'h'), CultureInfo.InvariantCulture, out var read)
            ? read : 0;
        return text.EndsWith('h') ? TimeSpan.FromHours(number)
            : text.EndsWith('m') ? TimeSpan.FromMinutes(number) : TimeSpan.FromSeconds(number);
    }

    private void Reconcile(ObjectKey key)
    {
        if (_pod is null || Store.Get(ApiVersion, "SealedSecret", key.Namespace, key.Name) is not { } item
            || item.IsGoing())
            return;
        var problem = Unseal(item);
        var status = item.Child("status");
        status["observedGeneration"] = item.At("metadata", "generation").Number() ?? 1;
        item.SetCondition(Store.Now, "Synced", problem is null, ("", problem ?? ""));
        if (problem is not null)
            Events.Tell(Store, item, "sealed-secrets",
                ("ErrUnsealFailed", "Failed to unseal: " + problem), isWarning: true);
        Store.UpdateStatus(item, "controller");
    }

    private string? Unseal(JsonObject item)
    {
        var (ns, name) = (item.Namespace(), item.Name());
        var annotations = item.At("metadata", "annotations");
        var label = annotations.TextAt(Scope + "cluster-wide") == "true" ? ""
            : annotations.TextAt(Scope + "namespace-wide") == "true" ? ns : $"{ns}/{name}";
        var data = new JsonObject();
        foreach (var (field, value) in item.At("spec", "encryptedData") as JsonObject ?? [])
        {
            if (Open(value.Text() ?? "", label) is not { } plain)
                return $"no key could decrypt secret ({field})";
            data[field] = Convert.ToBase64String(plain);
        }

        var before = Store.Get("v1", "Secret", ns, name);
        var isManaged = before?.TextAt("metadata", "annotations", Scope + "managed") == "true";
        if (before is not null && !before.IsOwnedBy(item.Uid()) && !isManaged)
            return $"Resource \"{name}\" already exists and is not managed by SealedSecret";
        var template = item.At("spec", "template");
        var secret = Objects.Of("v1", "Secret", ns, name).OwnedBy(item).With("data", data);
        secret["type"] = template.TextAt("type") ?? "Opaque";
        foreach (var part in new[] { "labels", "annotations" })
        {
            if (template.At("metadata", part) is { } given)
                secret["metadata"]![part] = given.DeepClone();
        }

        if (before is null)
            Store.Create(secret, new WriteOptions { Manager = "controller" });
        else
            Store.Update(secret, new WriteOptions { Manager = "controller" });
        return null;
    }

    // The same keys open the same value in the same way: it is looked at each time that its object changes.
    private byte[]? Open(string text, string label)
    {
        if (_opened.TryGetValue((text, label), out var known))
            return known;
        var value = new byte[text.Length];
        return _opened[(text, label)] = Convert.TryFromBase64String(text, value, out var length)
            ? _keys.Select(each => SealedFormat.Open(each.Key, value[..length], Encoding.UTF8.GetBytes(label)))
                .FirstOrDefault(plain => plain is not null)
            : null;
    }
}
