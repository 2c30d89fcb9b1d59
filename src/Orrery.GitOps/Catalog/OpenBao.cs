using Orrery.GitOps.Catalog.Charts;
using Orrery.GitOps.Manifests;
using Orrery.GitOps.Ordering;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog;

/// <summary>
/// OpenBao, the cluster's Vault. It unseals itself with a key that the hand-off applies before it, and the first time
/// that it starts on empty storage it lets us in and nobody else; no root token and no unseal key is left for people.
/// </summary>
internal static class OpenBao
{
    private const string KeyFolder = "/openbao/seal";

    private static readonly Chart Chart = new("https://openbao.github.io/openbao-helm", "openbao", "0.29.2");

    public static CatalogComponent? Of(Setting setting) => !VaultAccess.Has(setting.Cluster)
        ? null
        : new CatalogComponent
        {
            Name = "openbao",
            Namespace = VaultAccess.Server,
            By = DeliveredBy.GitOps,
            Chart = Chart,
            BaseValues = Value.MapOf(
                // Programs get Secrets of Kubernetes, so nothing is injected into their pods.
                ("injector", Value.MapOf(("enabled", false))),
                ("server", Value.MapOf(
                    ("standalone", Value.MapOf(("config", Config), ("enabled", true))),
                    ("volumeMounts", Value.ListOf(
                        [
                            Value.MapOf(("mountPath", KeyFolder), ("name", "seal"), ("readOnly", true)),
                        ])),
                    ("volumes", Value.ListOf(
                        [
                            Value.MapOf(
                                ("name", "seal"),
                                ("secret", Value.MapOf(("secretName", VaultAccess.SealSecret)))),
                        ]))))),
            Provides = [new Capability(CapabilityKind.Namespace, VaultAccess.Server)],
            Requires = StorageCharts.ClaimsOf(setting),
        };

    /// <summary>The server's configuration in its JSON form: https://openbao.org/docs/configuration/.</summary>
    private static Value.Map Config => Value.MapOf(
        ("initialize", Blocks(("orrery", Value.MapOf(("request", Value.ListOf(Requests)))))),
        ("listener", Blocks(("tcp", Value.MapOf(
            ("address", "[::]:8200"), ("cluster_address", "[::]:8201"), ("tls_disable", true))))),
        ("seal", Blocks(("static", Value.MapOf(
            ("current_key", $"file://{KeyFolder}/key"), ("current_key_id", "orrery-1"))))),
        ("storage", Blocks(("raft", Value.MapOf(("node_id", "openbao-0"), ("path", "/openbao/data"))))));

    // What exists from the first moment on; the rest is done over the API, where it can be changed later.
    private static Value[] Requests =>
    [
        Request("login", $"sys/auth/{VaultAccess.Login}", Value.MapOf(("type", "kubernetes"))),
        Request(
            "reviewer", $"auth/{VaultAccess.Login}/config",
            Value.MapOf(("kubernetes_host", "https://kubernetes.default.svc"))),
        Request(
            "policy", $"sys/policies/acl/{VaultAccess.Orrery}", Value.MapOf(("policy", VaultAccess.OrreryPolicy))),
        Request(
            "role", $"auth/{VaultAccess.Login}/role/{VaultAccess.Orrery}",
            Value.MapOf(
                ("audience", VaultAccess.Audience),
                ("bound_service_account_names", Manifest.Texts(VaultAccess.Orrery)),
                ("bound_service_account_namespaces", Manifest.Texts(VaultAccess.Server)),
                ("token_policies", Manifest.Texts(VaultAccess.Orrery)),
                ("token_ttl", "600s"))),
    ];

    private static Value Request(string name, string path, Value.Map data) => Value.MapOf(
        (name, Value.MapOf(("data", data), ("operation", "update"), ("path", path))));

    private static Value Blocks((string Name, Value Value) block) => Value.ListOf([Value.MapOf(block)]);
}
