using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Ingress;

/// <summary>
/// cert-manager while its controller's pod is ready: issuers register, an Ingress that names one gets a Certificate,
/// and a Certificate a Secret. One that is there already, for the same names and issuer, is left until two thirds of
/// its time are over. Orders and challenges are not objects here: https://cert-manager.io/docs/usage/certificate/.
/// </summary>
internal sealed class CertManagerActor
{
    private const string Version = "cert-manager.io/v1";
    private const string Image = "cert-manager-controller";
    private const string Prefix = "cert-manager.io/";

    // https://cert-manager.io/docs/usage/certificate/#renewal: at two thirds; Let's Encrypt's last 90 days.
    private static readonly TimeSpan Renewal = TimeSpan.FromDays(60);

    // What the authority refused for its limits is asked for again after this:
    // https://cert-manager.io/docs/faq/acme/ says one hour, and longer each time.
    private static readonly TimeSpan Refused = TimeSpan.FromHours(1);

    private readonly SimulatedCluster _cluster;
    private readonly AcmeChallenge _challenge;
    private readonly HashSet<ObjectKey> _running = [];
    private readonly HashSet<ObjectKey> _pausing = [];

    public CertManagerActor(SimulatedCluster cluster)
    {
        _cluster = cluster;
        _challenge = new AcmeChallenge(cluster.Store);
        cluster.Loop.On("cert-manager.io", "ClusterIssuer", item => [ObjectKey.Of(item)], LookAtClusterIssuer);
        cluster.Loop.On("", "Pod", pod => Programs.Runs(pod, Image) ? All("ClusterIssuer") : [], LookAtClusterIssuer);
        cluster.Loop.On("cert-manager.io", "Issuer", LookAtIssuer);
        cluster.Loop.On("", "Pod", pod => Programs.Runs(pod, Image) ? All("Issuer") : [], LookAtIssuer);
        cluster.Loop.On("networking.k8s.io", "Ingress", Shim);
        cluster.Loop.On("", "Pod", pod => Programs.Runs(pod, Image) ? Ingresses() : [], Shim);
        cluster.Loop.On("cert-manager.io", "Certificate", Look);
        cluster.Loop.On("cert-manager.io", "ClusterIssuer", _ => All("Certificate"), Look);
        cluster.Loop.On("cert-manager.io", "Issuer", _ => All("Certificate"), Look);
        cluster.Loop.On("", "Secret", KeptIn, Look);
        cluster.Loop.On("", "Pod", pod => Programs.Runs(pod, Image) ? All("Certificate") : [], Look);
    }

    private ClusterStore Store => _cluster.Store;

    private LetsEncrypt Authority => _cluster.Options.LetsEncrypt;

    private JsonObject? Pod => Programs.Ready(Store, Image).FirstOrDefault();

    // Before the chart is there nobody knows the kinds.
    private IEnumerable<ObjectKey> All(string kind) => Store.Kinds.Find(Version, kind) is null
        ? []
        : Store.PeekAll(Version, kind).Select(ObjectKey.Of).ToList();

    private IEnumerable<ObjectKey> Ingresses() =>
        Store.PeekAll("networking.k8s.io/v1", "Ingress").Select(ObjectKey.Of).ToList();

    private IEnumerable<ObjectKey> KeptIn(JsonObject secret) => Store.Kinds.Find(Version, "Certificate") is null
        ? []
        : Store.PeekAll(Version, "Certificate")
            .Where(item => item.Namespace() == secret.Namespace()
                && item.TextAt("spec", "secretName") == secret.Name())
            .Select(ObjectKey.Of).ToList();

    private JsonObject? Find(string kind, ObjectKey key) => Store.Kinds.Find(Version, kind) is null
        ? null
        : Store.Get(Version, kind, key.Namespace, key.Name);

    private void LookAtClusterIssuer(ObjectKey key) => Register("ClusterIssuer", key);

    private void LookAtIssuer(ObjectKey key) => Register("Issuer", key);

    // The account is the key in the Secret that the issuer names: without it another account is made.
    private void Register(string kind, ObjectKey key)
    {
        if (Pod is not { } pod || Find(kind, key) is not { } issuer || issuer.Condition("Ready") == "True")
            return;
        var (reason, message) = ("IsReady", "Signing CA verified");
        if (issuer.At("spec", "acme") is JsonObject acme)
        {
            var space = kind == "Issuer" ? key.Namespace : pod.Namespace();
            var name = acme.TextAt("privateKeySecretRef", "name") ?? "";
            if (Store.Peek("v1", "Secret", space, name) is null)
                Store.Create(Secret(space, name, "Opaque", Authority.Register()), Written);
            (reason, message) = ("ACMEAccountRegistered", "The ACME account was registered with the ACME server");
        }
        else if (issuer.At("spec", "selfSigned") is null)
        {
            return;
        }

        issuer.SetCondition(Store.Now, "Ready", true, (reason, message));
        Store.UpdateStatus(issuer, Image);
    }

    // https://cert-manager.io/docs/usage/ingress/
    private void Shim(ObjectKey key)
    {
        if (Pod is null || Store.Kinds.Find(Version, "Certificate") is null
            || Store.Get("networking.k8s.io/v1", "Ingress", key.Namespace, key.Name) is not { } ingress
            || ingress.IsGoing())
        {
            return;
        }

        var byCluster = ingress.TextAt("metadata", "annotations", $"{Prefix}cluster-issuer");
        if ((byCluster ?? ingress.TextAt("metadata", "annotations", $"{Prefix}issuer")) is not { } issuer)
            return;
        foreach (var tls in ingress.At("spec", "tls").Items())
        {
            if (tls.TextAt("secretName") is not { } name || tls["hosts"] is not JsonArray { Count: > 0 } hosts
                || Store.Peek(Version, "Certificate", key.Namespace, name) is not null)
                continue;
            var spec = new JsonObject
            {
                ["dnsNames"] = hosts.DeepClone(),
                ["issuerRef"] = new JsonObject
                {
                    ["group"] = "cert-manager.io",
                    ["kind"] = byCluster is null ? "Issuer" : "ClusterIssuer",
                    ["name"] = issuer,
                },
                ["secretName"] = name,
            };
            Store.Create(
                Objects.Of(Version, "Certificate", key.Namespace, name).With("spec", spec).OwnedBy(ingress), Written);
        }
    }

    private void Look(ObjectKey key)
    {
        if (Pod is null || Find("Certificate", key) is not { } certificate || certificate.IsGoing())
            return;
        if (WhyNot(certificate) is not { } lacks)
        {
            Say(certificate, true, ("Ready", "Certificate is up to date and has not expired"));
            return;
        }

        if (_pausing.Contains(key))
            return;
        if (IssuerOf(certificate).Condition("Ready") != "True")
        {
            Say(certificate, false, (lacks.Reason, "the issuer is not ready yet"));
            return;
        }

        Say(certificate, false, lacks);
        var isOrder = IssuerOf(certificate).At("spec", "acme") is not null;
        if (_running.Add(key))
        {
            _cluster.Agenda.After(
                isOrder ? _cluster.Latencies.Certificate : _cluster.Latencies.Reaction, () => Issue(key));
        }
    }

    private void Issue(ObjectKey key)
    {
        _running.Remove(key);
        if (!_cluster.IsRunning || Pod is not { } pod || Find("Certificate", key) is not { } certificate
            || certificate.IsGoing() || WhyNot(certificate) is null || IssuerOf(certificate) is not { } issuer)
            return;
        var names = NamesOf(certificate);
        if (issuer.At("spec", "acme") is not JsonObject acme)
        {
            Keep(certificate, $"(simulated) certificate of {names}, signed by itself");
            return;
        }

        var space = issuer.TextAt("kind") == "Issuer" ? key.Namespace : pod.Namespace();
        if (_challenge.Problem(acme, space, certificate) is { } unproved)
        {
            Say(certificate, false, ("Pending", $"Waiting for the challenge of {names}: {unproved}"));
            Pause(key, _cluster.Latencies.CrashPause);
            return;
        }

        // https://letsencrypt.org/docs/staging-environment/: there nobody meets the limits.
        var isLimited = acme.TextAt("server")?.Contains("staging", StringComparison.Ordinal) != true;
        var (text, problem) = Authority.Order(names, _cluster.Agenda.Now, isLimited);
        if (text is not null)
        {
            Keep(certificate, text);
            return;
        }

        Say(certificate, false, ("Failed", $"The certificate request has failed to complete: {problem}"));
        Pause(key, Refused);
    }

    private void Pause(ObjectKey key, TimeSpan pause)
    {
        _pausing.Add(key);
        LookAgain(key, pause);
    }

    // Not by the queue: a change in between would take its place there.
    private void LookAgain(ObjectKey key, TimeSpan after) => _cluster.Agenda.After(after, () =>
    {
        _pausing.Remove(key);
        _cluster.Loop.Again(Look, key, _cluster.Latencies.Reaction);
    });

    private void Keep(JsonObject certificate, string text)
    {
        var issuer = certificate.At("spec", "issuerRef");
        var name = certificate.TextAt("spec", "secretName") ?? "";
        var made = Secret(certificate.Namespace(), name, "kubernetes.io/tls", KeyOf(text))
            .Labelled("controller.cert-manager.io/fao", "true");
        made.Child("data")["tls.crt"] = Base64(text);
        made.Child("metadata")["annotations"] = new JsonObject
        {
            [$"{Prefix}alt-names"] = NamesOf(certificate),
            [$"{Prefix}certificate-name"] = certificate.Name(),
            [$"{Prefix}issuer-group"] = "cert-manager.io",
            [$"{Prefix}issuer-kind"] = issuer.TextAt("kind") ?? "Issuer",
            [$"{Prefix}issuer-name"] = issuer.TextAt("name"),
        };
        Store.Apply(made, Written with { Force = true });
    }

    /// <summary>Why another certificate is needed; null where the one that is there does.</summary>
    private (string Reason, string Message)? WhyNot(JsonObject certificate)
    {
        var name = certificate.TextAt("spec", "secretName") ?? "";
        if (Store.Peek("v1", "Secret", certificate.Namespace(), name) is not { } secret)
            return ("DoesNotExist", "Issuing certificate as Secret does not exist");
        if (TextIn(secret, "tls.crt") is not { Length: > 0 } text || TextIn(secret, "tls.key") != KeyOf(text))
            return ("InvalidKeyPair", "Issuing certificate as Secret contains an invalid key-pair");
        var issuer = certificate.At("spec", "issuerRef");
        if (Annotation(secret, "issuer-name") != issuer.TextAt("name")
            || Annotation(secret, "issuer-kind") != (issuer.TextAt("kind") ?? "Issuer"))
            return ("IncorrectIssuer", "Issuing certificate as Secret was previously issued by another issuer");
        if (Annotation(secret, "alt-names") != NamesOf(certificate))
            return ("SecretMismatch", "Issuing certificate as the names of the Secret's are others");
        return Authority.IssuedAt(text) is { } at && _cluster.Agenda.Now - at >= Renewal
            ? ("Renewing", "Renewing certificate as renewal was scheduled")
            : null;
    }

    private void Say(JsonObject certificate, bool isReady, (string Reason, string Message) why)
    {
        var before = certificate.At("status", "conditions").Items()
            .FirstOrDefault(each => each.TextAt("type") == "Ready");
        if (before.TextAt("message") == why.Message && before.TextAt("status") == (isReady ? "True" : "False"))
            return;
        certificate.SetCondition(Store.Now, "Ready", isReady, why);
        Store.UpdateStatus(certificate, Image);
        if (isReady)
            LookAgain(ObjectKey.Of(certificate), Renewal);
    }

    private JsonObject? IssuerOf(JsonObject certificate)
    {
        var reference = certificate.At("spec", "issuerRef");
        var kind = reference.TextAt("kind") ?? "Issuer";
        var space = kind == "Issuer" ? certificate.Namespace() : "";
        return Find(kind, new ObjectKey(space, reference.TextAt("name") ?? ""));
    }

    private static WriteOptions Written => new() { Manager = Image };

    private static string? Annotation(JsonObject secret, string name) =>
        secret.TextAt("metadata", "annotations", Prefix + name);

    private static string NamesOf(JsonObject certificate) => string.Join(',', (certificate.At("spec", "dnsNames")
        as JsonArray ?? []).Select(name => name.Text()).Order(StringComparer.Ordinal));

    private static string? TextIn(JsonObject secret, string key) => secret.TextAt("data", key) is { } text
        ? Encoding.UTF8.GetString(Convert.FromBase64String(text))
        : null;

    private static JsonObject Secret(string space, string name, string type, string key) =>
        Objects.Of("v1", "Secret", space, name).With("type", type)
            .With("data", new JsonObject { ["tls.key"] = Base64(key) });

    // One certificate has one key, which looks like what it is for whoever searches for leaks.
    private static string KeyOf(string certificate) =>
        $"(simulated) key {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(certificate)))}";

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
