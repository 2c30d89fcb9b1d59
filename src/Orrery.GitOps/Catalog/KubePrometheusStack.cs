using Orrery.GitOps.Manifests;
using Orrery.GitOps.Ordering;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog;

/// <summary>Prometheus, Alertmanager, Grafana and the operator, from one chart.</summary>
internal static class KubePrometheusStack
{
    public const string Name = "kube-prometheus-stack";

    private static readonly Chart Chart =
        new("https://prometheus-community.github.io/helm-charts", Name, "88.5.3");

    private static readonly string[] Resources =
    [
        "alertmanagerconfigs", "alertmanagers", "podmonitors", "probes", "prometheusagents", "prometheuses",
        "prometheusrules", "scrapeconfigs", "servicemonitors", "thanosrulers",
    ];

    public static CatalogComponent? Of(Setting setting)
    {
        if (setting.Component(Name) is not { } component)
            return null;
        return new CatalogComponent
        {
            Name = Name,
            Namespace = NamespaceIn(setting),
            By = DeliveredBy.GitOps,
            // Its node exporter looks at the files and the network of its node.
            IsPrivileged = true,
            Chart = Chart with { Version = component.Version ?? Chart.Version },
            BaseValues = BaseValues,
            ClusterValues = Manifest.Over(ClusterValues(setting), component.Values),
            Secrets = [Administrator],
            Provides = Resources.Select(
                resource => new Capability(CapabilityKind.Crd, resource + ".monitoring.coreos.com")).ToValueList(),
            Requires = MonitoringStorage.VolumesOf(setting).Select(
                volume => MonitoringStorage.Provided(volume.Name, "its claim stays pending without it")).ToValueList(),
        };
    }

    /// <summary>Who may do everything in Grafana, whatever chart it is of.</summary>
    internal static ComponentSecret Administrator { get; } = ComponentSecret.Of(
        "grafana-admin", ("password", new SecretSource.Password("grafana")), ("user", new SecretSource.Plain("admin")));

    public static string NamespaceIn(Setting setting) => setting.Component(Name)?.Namespace ?? "monitoring";

    private static Value.Map BaseValues { get; } = Value.MapOf(
        ("grafana", Value.MapOf(
            // The chart's own password is known to everybody.
            ("admin", Value.MapOf(
                ("existingSecret", Administrator.Name),
                ("passwordKey", "password"),
                ("userKey", "user"))))),
        // They are one process in K3s and serve no metrics of their own.
        ("kubeControllerManager", Off),
        ("kubeEtcd", Off),
        ("kubeProxy", Off),
        ("kubeScheduler", Off),
        ("prometheus", Value.MapOf(
            ("prometheusSpec", Value.MapOf(
                // Monitors of every component count, not only those of this chart.
                ("podMonitorSelectorNilUsesHelmValues", false),
                ("ruleSelectorNilUsesHelmValues", false),
                ("serviceMonitorSelectorNilUsesHelmValues", false))))));

    private static Value.Map Off => Value.MapOf(("enabled", false));

    private static Value.Map ClusterValues(Setting setting)
    {
        var values = Value.Map.Empty;
        if (MonitoringStorage.Find(setting, "alertmanager") is { } alertmanager)
        {
            values = values.With("alertmanager", Value.MapOf(
                ("alertmanagerSpec", Kept("storage", alertmanager))));
        }

        if (MonitoringStorage.Find(setting, "grafana") is { } grafana)
            values = values.With("grafana", GrafanaValues(grafana));
        if (MonitoringStorage.Find(setting, "prometheus") is { } prometheus)
            values = values.With("prometheus", Value.MapOf(("prometheusSpec", Kept("storageSpec", prometheus))));
        return values;
    }

    private static Value.Map Kept(string field, StaticVolume volume) => Value.MapOf(
        ("securityContext", Context(volume)),
        (field, Value.MapOf(("volumeClaimTemplate", Value.MapOf(("spec", volume.ClaimSpec()))))));

    private static Value.Map GrafanaValues(StaticVolume volume) => Value.MapOf(
        // Two of them would share one database file.
        ("deploymentStrategy", Value.MapOf(("type", "Recreate"))),
        // The folder has its owner from the machine; the chart's own way needs root.
        ("initChownData", Off),
        ("persistence", Value.MapOf(("enabled", true), ("existingClaim", volume.Name + "-data"))),
        ("securityContext", Context(volume)));

    private static Value.Map Context(StaticVolume volume) => Value.MapOf(
        ("fsGroup", volume.Group),
        ("runAsGroup", volume.Group),
        ("runAsNonRoot", true),
        ("runAsUser", volume.Owner));
}
