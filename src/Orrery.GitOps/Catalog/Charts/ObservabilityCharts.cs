using Orrery.GitOps.Ordering;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog.Charts;

/// <summary>Components that gather metrics and logs.</summary>
internal static class ObservabilityCharts
{
    private const string Logs = "logging";

    private static readonly Chart Alloy = new("https://grafana.github.io/helm-charts", "alloy", "1.11.1");

    private static readonly Chart Loki = new("https://grafana-community.github.io/helm-charts", "loki", "18.11.0");

    private static readonly Chart Metrics = new(
        "https://victoriametrics.github.io/helm-charts/", "victoria-metrics-k8s-stack", "0.91.2");

    private static Value.Map Off => Value.MapOf(("enabled", false));

    /// <summary>Reads what pods log from the files of their nodes, and gives it to Loki where there is one.</summary>
    public static CatalogComponent? OfAlloy(Setting setting) => setting.Component("alloy") is not { } component
        ? null
        : component.AsChart(Logs, Alloy, Value.MapOf(("alloy", Value.MapOf(
            ("configMap", Value.MapOf(("content", Pipeline(setting)))))))) with
        {
            // The logs are files of the node.
            IsPrivileged = true,
            BaseValues = Value.MapOf(
                ("alloy", Value.MapOf(("mounts", Value.MapOf(("varlog", true))))),
                ("controller", Value.MapOf(("type", "daemonset")))),
        };

    /// <summary>One process that keeps its data in one claim, enough for some nodes.</summary>
    public static CatalogComponent? OfLoki(Setting setting) => setting.Component("loki") is not { } component
        ? null
        : component.AsChart(Logs, Loki) with
        {
            BaseValues = Value.MapOf(
                ("backend", Replicas(0)),
                ("chunksCache", Off),
                ("deploymentMode", "SingleBinary"),
                ("loki", Value.MapOf(
                    // Nobody but the cluster reaches it, and there is one tenant.
                    ("auth_enabled", false),
                    ("commonConfig", Value.MapOf(("replication_factor", 1))),
                    ("schemaConfig", Value.MapOf(("configs", Value.ListOf([Value.MapOf(
                        ("from", "2026-01-01"),
                        ("index", Value.MapOf(("period", "24h"), ("prefix", "loki_index_"))),
                        ("object_store", "filesystem"),
                        ("schema", "v13"),
                        ("store", "tsdb"))])))),
                    ("storage", Value.MapOf(("type", "filesystem"))))),
                ("lokiCanary", Off),
                ("read", Replicas(0)),
                ("resultsCache", Off),
                ("singleBinary", Replicas(1)),
                ("test", Off),
                ("write", Replicas(0))),
            Requires = StorageCharts.ClaimsOf(setting),
        };

    public static CatalogComponent? OfVictoriaMetrics(Setting setting) =>
        setting.Component("victoria-metrics") is not { } component
            ? null
            : component.AsChart("monitoring", Metrics) with
            {
                // Its node exporter looks at the files and the network of its node.
                IsPrivileged = true,
                // Talos lets nobody reach these.
                BaseValues = Value.MapOf(
                    ("grafana", Value.MapOf(("admin", Grafana.Administrator))),
                    ("kubeControllerManager", Off), ("kubeEtcd", Off), ("kubeProxy", Off), ("kubeScheduler", Off)),
                Provides =
                [
                    new Capability(CapabilityKind.Crd, "vmsingles.operator.victoriametrics.com"),
                    new Capability(CapabilityKind.Crd, "vmservicescrapes.operator.victoriametrics.com"),
                    new Capability(CapabilityKind.Webhook, "vmsingles.operator.victoriametrics.com"),
                ],
                Secrets = [KubePrometheusStack.Administrator],
                Requires = StorageCharts.ClaimsOf(setting),
            };

    private static Value.Map Replicas(int count) => Value.MapOf(("replicas", count));

    /// <summary>https://grafana.com/docs/alloy/latest/collect/logs-in-kubernetes/</summary>
    private static string Pipeline(Setting setting)
    {
        if (setting.Component("loki") is not { } loki)
            return "logging {\n  level = \"warn\"\n}\n";
        return $$"""
            logging {
              level = "warn"
            }

            discovery.kubernetes "pods" {
              role = "pod"
              selectors {
                role  = "pod"
                field = "spec.nodeName=" + coalesce(sys.env("HOSTNAME"), constants.hostname)
              }
            }

            loki.source.kubernetes "pods" {
              targets    = discovery.kubernetes.pods.targets
              forward_to = [loki.write.cluster.receiver]
            }

            loki.write "cluster" {
              endpoint {
                url = "http://loki.{{loki.Namespace ?? Logs}}.svc.cluster.local:3100/loki/api/v1/push"
              }
            }

            """;
    }
}
