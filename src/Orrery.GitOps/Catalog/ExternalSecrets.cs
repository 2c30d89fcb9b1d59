using Orrery.GitOps.Ordering;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog;

/// <summary>External Secrets, which carries what lies in the Vault into namespaces.</summary>
internal static class ExternalSecrets
{
    /// <summary>Custom resources, as <c>plural.group</c>.</summary>
    public const string Stores = "clustersecretstores.external-secrets.io";

    public const string Spread = "clusterexternalsecrets.external-secrets.io";

    private static readonly Chart Chart = new("https://charts.external-secrets.io", "external-secrets", "2.9.0");

    public static CatalogComponent? Of(Setting setting) =>
        !VaultAccess.Has(setting.Cluster) || setting.Cluster.Secrets.Vault is not { ExternalSecrets: true }
            ? null
            : new CatalogComponent
            {
                Name = "external-secrets",
                Namespace = VaultAccess.Reader,
                By = DeliveredBy.GitOps,
                Chart = Chart,
                BaseValues = Value.MapOf(
                    ("fullnameOverride", "external-secrets"),
                    // Nothing here is pushed out of the cluster.
                    ("processClusterPushSecret", false),
                    ("processPushSecret", false),
                    // The name that the Vault knows.
                    ("serviceAccount", Value.MapOf(("name", VaultAccess.Reader)))),
                Provides =
                [
                    new Capability(CapabilityKind.Crd, Stores),
                    new Capability(CapabilityKind.Crd, Spread),
                    new Capability(CapabilityKind.Webhook, Stores),
                ],
            };
}
