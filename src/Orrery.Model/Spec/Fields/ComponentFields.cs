using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Spec.Yaml;

namespace Orrery.Model.Spec.Fields;

/// <summary>The components of the catalog and the options that stand under their names.</summary>
internal static class ComponentFields
{
    public static readonly Field<string> Version = new("version", Shapes.Text, "Another version than the catalog's.");
    public static readonly Field<string> Namespace = new(
        "namespace", Shapes.Name, "Another namespace than the catalog's.");
    public static readonly Field<MappingNode> Values = new(
        "values", new FreeShape(), "Values laid over the catalog's.");

    public static readonly Field<string> StoragePath = new(
        "path", Shapes.AbsolutePath, "The folder on each node; directories in it are named by namespace and claim.")
    {
        Default = "/var/lib/rancher/k3s/storage",
    };

    public static readonly Field<string> HostPath = new(
        "hostPath", Shapes.AbsolutePath, "A folder on the node that certificates are kept in.")
    {
        Required = true,
    };

    public static readonly Field<Section> TraefikStorage = new(
        "storage",
        new ObjectShape("TraefikStorage", "the storage", HostPath),
        "Where certificates are kept over rebuilds.");

    // The chart's own default, https://github.com/traefik/traefik-helm-chart (ports.metrics.port).
    public static readonly Field<int> MetricsPort = new(
        "metricsPort", Shapes.Port, "The port that metrics are served on.")
    {
        Default = "9100",
    };

    public static readonly Field<bool> RedirectToHttps = new(
        "redirectToHttps", Shapes.Boolean, "Answers HTTP with a redirect.")
    {
        Default = "false",
    };

    public static readonly Field<bool> GatewayApi = new("gatewayApi", Shapes.Boolean, "Serves the Gateway API.")
    {
        Default = "false",
    };

    public static readonly Field<string> Prometheus = new(
        "prometheus", Shapes.AbsolutePath, "The folder of Prometheus.");
    public static readonly Field<string> Grafana = new("grafana", Shapes.AbsolutePath, "The folder of Grafana.");
    public static readonly Field<string> Alertmanager = new(
        "alertmanager", Shapes.AbsolutePath, "The folder of Alertmanager.");

    public static readonly Field<Section> Persistence = new(
        "persistence",
        new ObjectShape("MonitoringPersistence", "the persistence", Prometheus, Grafana, Alertmanager),
        "Folders on the node that data are kept in.");

    public static readonly Field<string> Host = new(
        "host", Shapes.Domain, "Publishes Grafana there, by TLS alone; needs the component traefik.")
    {
        Example = "grafana.example.org",
    };

    public static readonly Field<SecretReference> PushoverToken = new(
        "token", Shapes.Secret, "The application's token.")
    {
        Required = true,
    };
    public static readonly Field<SecretReference> PushoverUser = new("user", Shapes.Secret, "The user's key.")
    {
        Required = true,
    };

    public static readonly Field<Section> Pushover = new(
        "pushover", new ObjectShape("Pushover", "Pushover", PushoverToken, PushoverUser), "By Pushover.");

    public static readonly Field<Section> Alerts = new(
        "alerts", new ChoiceShape("Alerts", "an alert channel", Pushover), "Where alerts go.")
    {
        NotYet = Unbuilt.Component,
    };

    public static readonly Field<Section> LocalPathProvisioner = Component(
        null, "local-path-provisioner", [StoragePath, Version]);

    // K3s brings it, in its own version and namespace.
    public static readonly Field<Section> Traefik = Component(
        null, "traefik", [TraefikStorage, MetricsPort, RedirectToHttps, GatewayApi, Values]);

    public static readonly Field<Section> KubePrometheusStack = Component(
        null, "kube-prometheus-stack", [Persistence, Host, Alerts, Version, Namespace, Values]);

    /// <summary>Those that have no options beyond the common ones.</summary>
    private static readonly string[] Plain =
    [
        "adguard-home", "alloy", "authentik", "cert-manager", "cloudnative-pg", "descheduler", "forgejo", "gitea",
        "grafana", "harbor", "headlamp", "ingress-nginx", "kubelet-csr-approver", "loki", "matrix", "powerdns",
        "scylladb", "spegel", "test-app", "tofu-controller", "unbound", "victoria-metrics",
    ];

    /// <summary>Likewise, and nothing is installed of them yet.</summary>
    private static readonly string[] Later =
    [
        "argo-rollouts", "external-dns", "external-secrets", "falco", "github-runner", "gitlab-runner", "harmonia",
        "immich", "infisical", "jaeger", "kubevirt", "metrics-server", "minio", "nats", "opentelemetry-collector",
        "redis", "teleport-agent", "ttyd",
    ];

    public static readonly ComponentsShape Shape = new(
        [
            LocalPathProvisioner,
            Traefik,
            KubePrometheusStack,
            .. MoreComponentFields.All,
            .. Array.ConvertAll(Plain, name => Component(null, name, [])),
            .. Array.ConvertAll(Later, name => LaterComponent(name)),
        ]);

    /// <summary>A component with options of its own, whose manifests are not in the catalog yet.</summary>
    public static Field<Section> LaterComponent(string name, params Field[] options) =>
        Component(Unbuilt.Component, name, options.Length == 0 ? [] : [.. options, Version, Namespace, Values]);

    /// <summary>A component with options of its own.</summary>
    public static Field<Section> OwnComponent(string name, params Field[] options) =>
        Component(null, name, [.. options, Version, Namespace, Values]);

    private static Field<Section> Component(DiagnosticCode? notYet, string name, Field[] options)
    {
        var shape = options.Length == 0
            ? ComponentsShape.Plain
            : new ObjectShape("Component." + name, $"the component {name}", options);
        return new Field<Section>(name, shape, $"The component {name}.") { NotYet = notYet };
    }
}
