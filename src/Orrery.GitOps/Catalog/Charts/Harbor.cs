using Orrery.GitOps.Catalog.Programs;
using Orrery.GitOps.Manifests;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog.Charts;

/// <summary>Harbor, a registry of images: https://goharbor.io/docs/latest/install-config/harbor-ha-helm/.</summary>
internal static class Harbor
{
    public const string Name = "harbor";

    private const string Keys = "harbor-keys";

    private static readonly Chart Chart = new("https://helm.goharbor.io", Name, "1.19.1");

    public static CatalogComponent? Of(Setting setting)
    {
        if (setting.Component(Name) is not { } component)
            return null;
        var database = DatabaseOf(component);
        var web = Web.Of(setting, "registry");
        return component.AsChart(Name, Chart, Manifest.Over(Exposed(web), Value.MapOf(
            ("database", Value.MapOf(
                ("external", Value.MapOf(
                    ("coreDatabase", database.Owner), ("existingSecret", database.Secret),
                    ("host", database.Host(setting)), ("username", database.Owner))),
                ("type", "external")))))) with
        {
            BaseValues = BaseValues,
            Secrets =
            [
                ComponentSecret.Of(
                    Keys,
                    ("CSRF_KEY", new SecretSource.Password("harbor-csrf") { Length = 32 }),
                    ("HARBOR_ADMIN_PASSWORD", new SecretSource.Password("harbor-admin")),
                    ("JOBSERVICE_SECRET", new SecretSource.Password("harbor-jobs") { Length = 16 }),
                    ("REGISTRY_HTTP_SECRET", new SecretSource.Password("harbor-registry") { Length = 16 }),
                    ("secret", new SecretSource.Password("harbor-core") { Length = 16 }),
                    ("secretKey", new SecretSource.Password("harbor-encryption") { Length = 16 })),
            ],
            Requires = [.. StorageCharts.ClaimsOf(setting), .. Web.Needs(web)],
        };
    }

    public static CatalogComponent? DatabaseOf(Setting setting)
    {
        if (setting.Component(Name) is not { } component)
            return null;
        var made = DatabaseOf(component).Of(setting);
        // Harbor's own parts log in at the registry with what everybody knows: the chart takes a hash that we have no
        // way to make. So nobody else reaches it.
        return made with
        {
            Objects = made.Objects.With("registry-policy.yaml", Manifest.Of(
                "networking.k8s.io/v1", "NetworkPolicy", "registry", made.Namespace,
                ("spec", Value.MapOf(
                    ("ingress", Value.ListOf([Value.MapOf(("from", Value.ListOf(
                        [Value.MapOf(("podSelector", Labelled(("app", Name))))])))])),
                    ("podSelector", Labelled(("app", Name), ("component", "registry"))),
                    ("policyTypes", Manifest.Texts("Ingress")))))),
        };
    }

    private static Value.Map BaseValues { get; } = Value.MapOf(
        ("core", Value.MapOf(
            ("existingSecret", Keys), ("existingXsrfSecret", Keys), ("existingXsrfSecretKey", "CSRF_KEY"))),
        ("existingSecretAdminPassword", Keys),
        ("existingSecretSecretKey", Keys),
        ("jobservice", Value.MapOf(("existingSecret", Keys))),
        ("registry", Value.MapOf(("existingSecret", Keys))),
        // Its database of known faults is larger than everything else here.
        ("trivy", Value.MapOf(("enabled", false))),
        // Two of them would share a volume that only one may have.
        ("updateStrategy", Value.MapOf(("type", "Recreate"))));

    private static Value.Map Exposed(Web? web) => web is null
        ? Value.MapOf(("expose", Value.MapOf(
            ("tls", Value.MapOf(("enabled", false))), ("type", "clusterIP"))))
        : Value.MapOf(
            ("expose", Value.MapOf(
                ("ingress", Value.MapOf(
                    ("annotations", web.Annotations), ("className", web.Class),
                    ("hosts", Value.MapOf(("core", web.Host))))),
                ("tls", Value.MapOf(
                    ("certSource", "secret"), ("secret", Value.MapOf(("secretName", web.Certificate))))),
                ("type", "ingress"))),
            ("externalURL", $"https://{web.Host}"));

    private static Value.Map Labelled(params ReadOnlySpan<(string, Value)> labels) =>
        Value.MapOf(("matchLabels", Value.MapOf(labels)));

    private static Database DatabaseOf(Model.Platforms.Component component) =>
        new(Name, component.Namespace ?? Name);
}
