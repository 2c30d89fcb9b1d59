using Orrery.GitOps.Manifests;
using Orrery.GitOps.Ordering;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog;

/// <summary>
/// Where External Secrets finds the Vault, and which documents go where: each into the namespaces that ask for it by a
/// label, as a Secret of its own. Names and keys only; no value ever stands in the tree.
/// </summary>
internal static class VaultSecrets
{
    private const string ApiVersion = "external-secrets.io/v1";
    private const string Store = "vault";

    /// <summary>What a namespace says to get a document: <c>secrets.orrery.dev/app: "true"</c>.</summary>
    private const string LabelPrefix = "secrets.orrery.dev/";

    public static CatalogComponent? Of(Setting setting)
    {
        if (ExternalSecrets.Of(setting) is null)
            return null;
        var documents = VaultDocuments.Of(setting.Cluster)
            .Select(document => KeyValuePair.Create($"{document.Key}.yaml", Spread(document.Key, document.Value)));
        return new CatalogComponent
        {
            Name = "vault-secrets",
            Namespace = VaultAccess.Reader,
            By = DeliveredBy.GitOps,
            // A document may be called as it likes: its own file has no dot before the ending.
            Objects = ValueMap.From(documents.Append(KeyValuePair.Create("store.vault.yaml", SecretStore))),
            Requires =
            [
                new Capability(CapabilityKind.Crd, ExternalSecrets.Stores, "its objects are refused without it"),
                new Capability(CapabilityKind.Crd, ExternalSecrets.Spread, "its objects are refused without it"),
                new Capability(
                    CapabilityKind.Webhook, ExternalSecrets.Stores, "its objects are refused while it is away"),
            ],
        };
    }

    private static Value.Map SecretStore => Manifest.Of(
        ApiVersion, "ClusterSecretStore", Store, null,
        ("spec", Value.MapOf(
            ("provider", Value.MapOf(
                ("vault", Value.MapOf(
                    ("auth", Value.MapOf(
                        ("kubernetes", Value.MapOf(
                            ("mountPath", VaultAccess.Login),
                            ("role", VaultAccess.Reader),
                            ("serviceAccountRef", Value.MapOf(
                                ("audiences", Manifest.Texts(VaultAccess.Audience)),
                                ("name", VaultAccess.Reader),
                                ("namespace", VaultAccess.Reader))))))),
                    ("path", VaultAccess.Engine),
                    ("server", $"http://{VaultAccess.Server}.{VaultAccess.Server}.svc:{VaultAccess.Port}"),
                    ("version", "v2"))))))));

    private static Value.Map Spread(string name, ValueList<string> keys) => Manifest.Of(
        ApiVersion, "ClusterExternalSecret", name, null,
        ("spec", Value.MapOf(
            ("externalSecretName", name),
            ("externalSecretSpec", Value.MapOf(
                ("data", Value.ListOf(keys.Select(key => (Value)Value.MapOf(
                    ("remoteRef", Value.MapOf(("key", name), ("property", key))),
                    ("secretKey", key))))),
                ("refreshInterval", "1m"),
                ("secretStoreRef", Value.MapOf(("kind", "ClusterSecretStore"), ("name", Store))),
                ("target", Value.MapOf(("creationPolicy", "Owner"), ("name", name))))),
            ("namespaceSelectors", Value.ListOf(
                [
                    Value.MapOf(("matchLabels", Value.MapOf((LabelPrefix + name, "true")))),
                ])),
            ("refreshTime", "1m"))));
}
