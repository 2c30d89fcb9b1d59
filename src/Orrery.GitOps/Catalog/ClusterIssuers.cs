using Orrery.GitOps.Catalog.Programs;
using Orrery.GitOps.Manifests;
using Orrery.GitOps.Ordering;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog;

/// <summary>
/// Who orders certificates where cert-manager does: the ClusterIssuer that pages of components name. It cannot prove
/// names on port 443, as Traefik does; so it does on port 80, or by records of PowerDNS.
/// https://cert-manager.io/docs/configuration/acme/
/// </summary>
public static class ClusterIssuers
{
    private const string Orderer = "cert-manager";
    private const string Secret = "powerdns-update-key";
    private const string Key = "key";

    // https://letsencrypt.org/docs/acme-protocol-updates/, https://letsencrypt.org/docs/staging-environment/
    private const string Production = "https://acme-v02.api.letsencrypt.org/directory";
    private const string Staging = "https://acme-staging-v02.api.letsencrypt.org/directory";

    /// <summary>Names are proved by records of the cluster's own PowerDNS.</summary>
    public static bool UsesPowerDns(Platform platform, Cluster cluster) =>
        platform.Acme is { Challenge: AcmeChallenge.PowerDns } && cluster.GitOps is not null
        && cluster.Components.ContainsKey(PowerDns.Name) && cluster.Components.ContainsKey(Orderer);

    /// <summary>Certificates are ordered in the cluster, and kept there as Secrets.</summary>
    public static bool Orders(Platform platform, Cluster cluster) =>
        platform.Acme is not null && cluster.GitOps is not null && cluster.Components.ContainsKey(Orderer);

    internal static CatalogComponent? Of(Setting setting)
    {
        if (setting.Platform.Acme is not { } acme || setting.Component(Orderer) is not { } orders
            || setting.Cluster.GitOps is null)
        {
            return null;
        }

        var byZone = UsesPowerDns(setting.Platform, setting.Cluster);
        return new CatalogComponent
        {
            Name = "cluster-issuer",
            // It looks for the Secrets of a ClusterIssuer in its own namespace.
            Namespace = orders.Namespace ?? Orderer,
            By = DeliveredBy.GitOps,
            Objects = ValueMap.Of(("issuer.yaml", Manifest.Of(
                "cert-manager.io/v1", "ClusterIssuer", Web.ClusterIssuer, null,
                ("spec", Value.MapOf(("acme", Value.MapOf(
                    ("email", acme.Email),
                    ("privateKeySecretRef", Value.MapOf(("name", $"{Web.ClusterIssuer}-account"))),
                    ("server", acme.Environment == AcmeEnvironment.Staging ? Staging : Production),
                    ("solvers", Value.ListOf([byZone ? ByZone(setting) : OnPort80(setting)]))))))))),
            Secrets = byZone ? [ComponentSecret.Of(Secret, (Key, new SecretSource.UpdateKey()))] : [],
            Requires =
            [
                new Capability(CapabilityKind.Crd, "clusterissuers.cert-manager.io"),
                new Capability(CapabilityKind.Webhook, "clusterissuers.cert-manager.io"),
            ],
        };
    }

    /// <summary>https://cert-manager.io/docs/configuration/acme/dns01/rfc2136/</summary>
    private static Value.Map ByZone(Setting setting)
    {
        var space = setting.Component(PowerDns.Name)?.Namespace ?? PowerDns.Name;
        return Value.MapOf(("dns01", Value.MapOf(("rfc2136", Value.MapOf(
            ("nameserver", $"{PowerDns.Name}.{space}.svc:53"),
            ("tsigAlgorithm", "HMACSHA256"),
            ("tsigKeyName", SecondaryDns.UpdateKeyNameOf(setting.Cluster.Name)),
            ("tsigSecretSecretRef", Value.MapOf(("key", Key), ("name", Secret))))))));
    }

    /// <summary>https://cert-manager.io/docs/configuration/acme/http01/</summary>
    private static Value.Map OnPort80(Setting setting) => Value.MapOf(("http01", Value.MapOf(("ingress", Value.MapOf(
        ("ingressClassName", Web.ClassOf(setting) ?? "nginx"))))));
}
