using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.K3s.Charts;

/// <summary>kube-prometheus-stack of https://github.com/prometheus-community/helm-charts.</summary>
internal static class PrometheusChart
{
    private const string Context =
        """{"runAsUser":1000,"runAsGroup":2000,"runAsNonRoot":true,"fsGroup":2000}""";

    private const string GrafanaContext =
        """{"runAsUser":472,"runAsGroup":472,"runAsNonRoot":true,"fsGroup":472}""";

    public static IEnumerable<JsonObject> Objects(ChartRequest request)
    {
        var (ns, values) = (request.Namespace, request.Values);
        var full = values.Text(request.Release, "fullnameOverride");
        IEnumerable<JsonObject> objects =
        [
            .. Definitions,
            .. ChartText.Workload("Deployment", ns, $"{full}-operator",
                "quay.io/prometheus-operator/prometheus-operator:v0.93.0"),
            .. ChartText.Workload("Deployment", ns, $"{request.Release}-kube-state-metrics",
                "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.17.0"),
        ];
        if (values.Is(true, "nodeExporter", "enabled"))
        {
            objects = objects.Concat(ChartText.Workload("DaemonSet", ns, $"{request.Release}-prometheus-node-exporter",
                "quay.io/prometheus/node-exporter:v1.10.2",
                ("hostNetwork: true", "ports: [{name: metrics, containerPort: 9100, hostPort: 9100}]", "")));
        }

        if (values.Is(true, "prometheus", "enabled"))
        {
            objects = objects.Concat(
                Operated(ns, "Prometheus", $"{full}-prometheus", values, ("prometheus", "storageSpec")));
        }

        if (values.Is(true, "alertmanager", "enabled"))
        {
            objects = objects.Concat(
                Operated(ns, "Alertmanager", $"{full}-alertmanager", values, ("alertmanager", "storage")));
        }

        return values.Is(true, "grafana", "enabled") ? objects.Concat(Grafana(request)) : objects;
    }

    private static IEnumerable<JsonObject> Definitions => CustomKinds.Of(
        "monitoring.coreos.com/v1 alertmanagers Alertmanager status scale short=am",
        "monitoring.coreos.com/v1 podmonitors PodMonitor status short=pmon",
        "monitoring.coreos.com/v1 probes Probe status short=prb",
        "monitoring.coreos.com/v1 prometheuses Prometheus status scale short=prom",
        "monitoring.coreos.com/v1 prometheusrules PrometheusRule status short=promrule",
        "monitoring.coreos.com/v1 servicemonitors ServiceMonitor status short=smon",
        "monitoring.coreos.com/v1 thanosrulers ThanosRuler status scale short=ruler",
        "monitoring.coreos.com/v1alpha1 alertmanagerconfigs AlertmanagerConfig status short=amcfg",
        "monitoring.coreos.com/v1alpha1 prometheusagents PrometheusAgent status scale short=promagent",
        "monitoring.coreos.com/v1alpha1 scrapeconfigs ScrapeConfig status short=scfg");

    // What the operator then makes a StatefulSet of.
    private static IEnumerable<JsonObject> Operated(
        string ns, string kind, string name, JsonObject values, (string Part, string Storage) field)
    {
        var spec = values.At(field.Part, field.Part + "Spec") as JsonObject ?? [];
        var made = new JsonObject
        {
            ["replicas"] = spec["replicas"]?.DeepClone() ?? 1,
            ["securityContext"] = spec["securityContext"]?.DeepClone() ?? JsonNode.Parse(Context),
        };
        if (spec[field.Storage] is { } storage)
            made["storage"] = storage.DeepClone();
        return [Control.Objects.Of("monitoring.coreos.com/v1", kind, ns, name).With("spec", made)];
    }

    private static IEnumerable<JsonObject> Grafana(ChartRequest request)
    {
        var grafana = request.Values.At("grafana") as JsonObject ?? [];
        var name = request.Release + "-grafana";
        var secret = grafana.Text(name, "admin", "existingSecret");
        if (secret == name)
        {
            yield return Control.Objects.Of("v1", "Secret", request.Namespace, name).With("stringData", new JsonObject
            {
                ["admin-user"] = "admin",
                ["admin-password"] = grafana.Text("prom-operator", "adminPassword"),
            });
        }

        var isKept = grafana.Is(false, "persistence", "enabled");
        var storage = isKept
            ? "{name: storage, persistentVolumeClaim: {claimName: " + grafana.Text(name, "persistence", "existingClaim")
                + "}}"
            : "{name: storage, emptyDir: {}}";
        // As root, before Grafana starts: the chart's own way to an owner.
        var first = isKept && grafana.Is(true, "initChownData", "enabled")
            ? "\ninitContainers: [{name: init-chown-data, image: docker.io/library/busybox:1.31.1, "
                + "securityContext: {runAsUser: 0}, volumeMounts: [{name: storage, mountPath: /var/lib/grafana}]}]"
            : "";
        string Variable(string variable, string key) => $$"""
            {name: {{variable}}, valueFrom: {secretKeyRef: {name: {{secret}}, key: {{key}} } } }
            """.Trim();
        var container = "env: ["
            + Variable("GF_SECURITY_ADMIN_USER", grafana.Text("admin-user", "admin", "userKey")) + ", "
            + Variable("GF_SECURITY_ADMIN_PASSWORD", grafana.Text("admin-password", "admin", "passwordKey")) + "]\n"
            + "volumeMounts: [{name: storage, mountPath: /var/lib/grafana}]";
        foreach (var item in ChartText.Workload(
            "Deployment", request.Namespace, name, "docker.io/grafana/grafana:12.3.0",
            ($"securityContext: {grafana.Json(GrafanaContext, "securityContext")}\nvolumes: [{storage}]{first}",
                container, $"strategy: {grafana.Json("{\"type\":\"RollingUpdate\"}", "deploymentStrategy")}")))
        {
            yield return item;
        }

        foreach (var item in ChartText.Service(request.Namespace, name, ("grafana", name), 80, 3000))
            yield return item;
    }
}
