using Orrery.GitOps.Manifests;
using Orrery.GitOps.Ordering;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog.Charts;

/// <summary>Components that are a chart and need to know nothing of their cluster.</summary>
internal static class PlainCharts
{
    private const string CertManagerGroup = "cert-manager.io";

    private static readonly PlainChart[] All =
    [
        // https://cert-manager.io/docs/installation/helm/
        new("cert-manager", "cert-manager", new Chart("https://charts.jetstack.io", "cert-manager", "v1.21.1"))
        {
            Values = Value.MapOf(("crds", Value.MapOf(("enabled", true), ("keep", true)))),
            Definitions =
            [
                $"certificates.{CertManagerGroup}", $"clusterissuers.{CertManagerGroup}", $"issuers.{CertManagerGroup}",
            ],
            HasWebhook = true,
        },

        // https://cloudnative-pg.io/documentation/current/installation_upgrade/
        new("cloudnative-pg", "cnpg-system",
            new Chart("https://cloudnative-pg.github.io/charts", "cloudnative-pg", "0.29.0"))
        {
            Definitions = ["clusters.postgresql.cnpg.io", "scheduledbackups.postgresql.cnpg.io"],
            HasWebhook = true,
        },

        // https://github.com/kubernetes-sigs/descheduler/tree/master/charts
        new("descheduler", "kube-system",
            new Chart("https://kubernetes-sigs.github.io/descheduler/", "descheduler", "0.36.0"))
        {
            // A job that runs now and then shows nothing of itself in between.
            Values = Value.MapOf(("kind", "Deployment")),
        },

        // https://headlamp.dev/docs/latest/installation/in-cluster/
        new("headlamp", "headlamp",
            new Chart("https://kubernetes-sigs.github.io/headlamp/", "headlamp", "0.45.0"))
        {
            // Who logs in brings rights of their own: the page has none to lend.
            Values = Value.MapOf(("clusterRoleBinding", Value.MapOf(("create", false)))),
        },

        // https://kyverno.io/docs/installation/methods/
        new("kyverno", "kyverno", new Chart("https://kyverno.github.io/kyverno", "kyverno", "3.9.0"))
        {
            Definitions = ["clusterpolicies.kyverno.io", "policies.kyverno.io"],
            HasWebhook = true,
        },

        // https://operator.docs.scylladb.com/stable/install-operator/
        new("scylladb", "scylla-operator",
            new Chart(
                "https://scylla-operator-charts.storage.googleapis.com/stable", "scylla-operator", "1.21.1"))
        {
            Definitions = ["scyllaclusters.scylla.scylladb.com"],
            HasWebhook = true,
            Requires =
            [
                new Capability(
                    CapabilityKind.Crd, $"certificates.{CertManagerGroup}", "its webhook has a certificate of it"),
            ],
        },

        // https://flux-iac.github.io/tofu-controller/getting_started/
        new("tofu-controller", "flux-system",
            new Chart("https://flux-iac.github.io/tofu-controller", "tofu-controller", "0.16.5"))
        {
            Definitions = ["terraforms.infra.contrib.fluxcd.io"],
        },
    ];

    public static IEnumerable<CatalogComponent> Of(Setting setting) =>
        from plain in All
        let component = setting.Component(plain.Name)
        where component is not null
        select component.AsChart(plain.Namespace, plain.Chart) with
        {
            BaseValues = plain.Values,
            Provides = plain.Provides,
            Requires = plain.Requires,
        };

    /// <summary>A chart as the declaration wants it.</summary>
    /// <param name="space">The catalog's namespace.</param>
    /// <param name="values">What follows from the cluster; the declaration's own lie over them.</param>
    public static CatalogComponent AsChart(
        this Component component, string space, Chart chart, Value.Map? values = null) => new()
        {
            Name = component.Name,
            Namespace = component.Namespace ?? space,
            By = DeliveredBy.GitOps,
            Chart = chart with { Version = component.Version ?? chart.Version },
            ClusterValues = Manifest.Over(values ?? Value.Map.Empty, component.Values),
        };

    /// <param name="Name">Of the component.</param>
    /// <param name="Namespace">Where the declaration says no other.</param>
    /// <param name="Chart">At the catalog's version.</param>
    private sealed record PlainChart(string Name, string Namespace, Chart Chart)
    {
        public Value.Map Values { get; init; } = Value.Map.Empty;

        /// <summary>Custom resources, as <c>plural.group</c>.</summary>
        public string[] Definitions { get; init; } = [];

        /// <summary>Objects of its kinds are refused while it is away.</summary>
        public bool HasWebhook { get; init; }

        public ValueList<Capability> Requires { get; init; } = [];

        public ValueList<Capability> Provides =>
        [
            .. Definitions.Select(name => new Capability(CapabilityKind.Crd, name)),
            .. HasWebhook ? Definitions.Select(name => new Capability(CapabilityKind.Webhook, name)) : [],
        ];
    }
}
