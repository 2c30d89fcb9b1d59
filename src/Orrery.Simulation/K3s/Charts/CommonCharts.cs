using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.K3s.Charts;

/// <summary>
/// Charts of which nothing matters but that their programs run, their kinds are served, and what they refuse. Images
/// and kinds are those of the charts' own defaults.
/// </summary>
internal static class CommonCharts
{
    private static readonly (string Name, string Image)[] KyvernoParts =
    [
        ("admission", "kyverno"), ("background", "background-controller"), ("cleanup", "cleanup-controller"),
        ("reports", "reports-controller"),
    ];

    public static void AddTo(ChartLibrary library)
    {
        library.Add("https://charts.jetstack.io", "cert-manager", "v1.21.1", CertManager);
        library.Add("https://cloudnative-pg.github.io/charts", "cloudnative-pg", "0.29.0", request =>
        [
            .. CustomKinds.Of(
                "postgresql.cnpg.io/v1 clusters Cluster status", "postgresql.cnpg.io/v1 backups Backup status",
                "postgresql.cnpg.io/v1 scheduledbackups ScheduledBackup status"),
            .. Program(request, "Deployment", request.Release, "ghcr.io/cloudnative-pg/cloudnative-pg:1.30.0"),
        ]);
        library.Add("https://kubernetes-sigs.github.io/descheduler/", "descheduler", "0.36.0", request =>
            request.Values.Text("CronJob", "kind") == "Deployment"
                ? Program(request, "Deployment", request.Release, "registry.k8s.io/descheduler/descheduler:v0.36.0")
                : []);
        library.Add("https://kubernetes-sigs.github.io/headlamp/", "headlamp", "0.45.0", request =>
        [
            .. Program(request, "Deployment", request.Release, "ghcr.io/headlamp-k8s/headlamp:v0.45.0"),
            .. ChartText.Service(request.Namespace, request.Release, ("headlamp", request.Release), 80, 4466),
        ]);
        library.Add("https://kyverno.github.io/kyverno", "kyverno", "3.9.0", Kyverno);
        library.Add(
            "https://scylla-operator-charts.storage.googleapis.com/stable", "scylla-operator", "1.21.1", Scylla);
        library.Add("https://flux-iac.github.io/tofu-controller", "tofu-controller", "0.16.5", request =>
        [
            .. CustomKinds.Of("infra.contrib.fluxcd.io/v1alpha2 terraforms Terraform status"),
            .. Program(request, "Deployment", request.Release, "ghcr.io/flux-iac/tofu-controller:v0.16.5"),
        ]);
        library.Add(
            "https://postfinance.github.io/kubelet-csr-approver", "kubelet-csr-approver", "1.2.14",
            request => Program(
                request, "Deployment", request.Release, "ghcr.io/postfinance/kubelet-csr-approver:v1.2.14"));
        library.Add("https://kubernetes.github.io/ingress-nginx", "ingress-nginx", "4.15.1", Nginx);
        library.Add("https://grafana.github.io/helm-charts", "alloy", "1.11.1", Alloy);
        library.Add("https://grafana-community.github.io/helm-charts", "loki", "18.11.0", Loki);
        library.Add(
            "https://victoriametrics.github.io/helm-charts", "victoria-metrics-k8s-stack", "0.91.2", VictoriaMetrics);
    }

    private static IEnumerable<JsonObject> Program(
        ChartRequest request, string kind, string name, string image,
        (string Pod, string Container, string Spec) more = default) =>
        ChartText.Workload(kind, request.Namespace, name, image, more);

    private static IEnumerable<JsonObject> CertManager(ChartRequest request)
    {
        var has = request.Values.Is(false, "crds", "enabled") || request.Values.Is(false, "installCRDs");
        string[] kinds =
        [
            "cert-manager.io/v1 certificates Certificate status short=cert,certs",
            "cert-manager.io/v1 certificaterequests CertificateRequest status short=cr,crs",
            "cert-manager.io/v1 clusterissuers ClusterIssuer status cluster",
            "cert-manager.io/v1 issuers Issuer status",
            "acme.cert-manager.io/v1 challenges Challenge status",
            "acme.cert-manager.io/v1 orders Order status",
        ];
        return
        [
            .. CustomKinds.Of(has ? kinds : []),
            .. Program(request, "Deployment", request.Release, "quay.io/jetstack/cert-manager-controller:v1.21.1"),
            .. Program(
                request, "Deployment", $"{request.Release}-cainjector",
                "quay.io/jetstack/cert-manager-cainjector:v1.21.1"),
            .. Program(
                request, "Deployment", $"{request.Release}-webhook", "quay.io/jetstack/cert-manager-webhook:v1.21.1"),
        ];
    }

    private static IEnumerable<JsonObject> Kyverno(ChartRequest request) =>
    [
        .. CustomKinds.Of(
            "kyverno.io/v1 clusterpolicies ClusterPolicy status cluster short=cpol",
            "kyverno.io/v1 policies Policy status short=pol",
            "kyverno.io/v2 policyexceptions PolicyException short=polex"),
        .. KyvernoParts.SelectMany(part => Program(
            request, "Deployment", $"{request.Release}-{part.Name}-controller",
            $"reg.kyverno.io/kyverno/{part.Image}:v1.19.0")),
    ];

    // The certificate of its webhook is an object of cert-manager, which must be there to take it.
    private static IEnumerable<JsonObject> Scylla(ChartRequest request) =>
    [
        .. CustomKinds.Of(
            "scylla.scylladb.com/v1 scyllaclusters ScyllaCluster status",
            "scylla.scylladb.com/v1alpha1 nodeconfigs NodeConfig status cluster"),
        .. ChartText.Read($$"""
            apiVersion: cert-manager.io/v1
            kind: Issuer
            metadata: {name: scylla-operator-selfsigned-issuer, namespace: {{request.Namespace}}}
            spec: { selfSigned: { } }
            ---
            apiVersion: cert-manager.io/v1
            kind: Certificate
            metadata: {name: scylla-operator-serving-cert, namespace: {{request.Namespace}}}
            spec:
              dnsNames: [scylla-operator-webhook.{{request.Namespace}}.svc]
              issuerRef: {kind: Issuer, name: scylla-operator-selfsigned-issuer}
              secretName: scylla-operator-serving-cert
            """),
        .. Program(request, "Deployment", "scylla-operator", "docker.io/scylladb/scylla-operator:1.21.1"),
        .. Program(request, "Deployment", "webhook-server", "docker.io/scylladb/scylla-operator:1.21.1"),
    ];

    private static IEnumerable<JsonObject> Nginx(ChartRequest request)
    {
        var name = $"{request.Release}-controller";
        var isDefault = request.Values.Is(false, "controller", "ingressClassResource", "default") ? "true" : "false";
        return
        [
            .. Program(request, "Deployment", name, "registry.k8s.io/ingress-nginx/controller:v1.15.1"),
            .. ChartText.Read($$"""
                apiVersion: networking.k8s.io/v1
                kind: IngressClass
                metadata:
                  name: nginx
                  annotations: {ingressclass.kubernetes.io/is-default-class: "{{isDefault}}"}
                spec: {controller: k8s.io/ingress-nginx}
                ---
                apiVersion: v1
                kind: Service
                metadata:
                  name: {{name}}
                  namespace: {{request.Namespace}}
                  annotations: {{request.Values.Json("{}", "controller", "service", "annotations")}}
                spec:
                  type: {{request.Values.Text("LoadBalancer", "controller", "service", "type")}}
                  ports: [{name: http, port: 80}, {name: https, port: 443}]
                  selector: {app.kubernetes.io/name: {{name}}}
                """),
        ];
    }

    private static IEnumerable<JsonObject> Alloy(ChartRequest request)
    {
        var kind = request.Values.Text("daemonset", "controller", "type") == "deployment" ? "Deployment" : "DaemonSet";
        var pod = request.Values.Is(false, "alloy", "mounts", "varlog")
            ? "volumes: [{name: varlog, hostPath: {path: /var/log}}]"
            : "";
        return Program(request, kind, request.Release, "docker.io/grafana/alloy:v1.18.1", (pod, "", ""));
    }

    // In its other modes it is more programs, which need a bucket.
    private static IEnumerable<JsonObject> Loki(ChartRequest request)
    {
        const string Claim = """
            volumeClaimTemplates:
            - metadata: {name: storage}
              spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Gi}}}
            """;
        return
        [
            .. Program(
                request, "StatefulSet", request.Release, "docker.io/grafana/loki:3.7.6",
                ("securityContext: {fsGroup: 10001, runAsUser: 10001, runAsGroup: 10001}",
                    "volumeMounts: [{name: storage, mountPath: /var/loki}]", Claim)),
            .. ChartText.Service(request.Namespace, request.Release, ("loki", request.Release), 3100, 3100),
        ];
    }

    private static IEnumerable<JsonObject> VictoriaMetrics(ChartRequest request) =>
    [
        .. CustomKinds.Of(
            "operator.victoriametrics.com/v1beta1 vmsingles VMSingle status",
            "operator.victoriametrics.com/v1beta1 vmagents VMAgent status",
            "operator.victoriametrics.com/v1beta1 vmservicescrapes VMServiceScrape status"),
        .. Program(
            request, "Deployment", $"{request.Release}-victoria-metrics-operator",
            "docker.io/victoriametrics/operator:v0.74.0"),
        .. Program(
            request, "Deployment", $"{request.Release}-kube-state-metrics",
            "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.17.0"),
        .. Program(
            request, "DaemonSet", $"{request.Release}-prometheus-node-exporter",
            "quay.io/prometheus/node-exporter:v1.10.2",
            ("hostNetwork: true", "ports: [{name: metrics, containerPort: 9100, hostPort: 9100}]", "")),
        .. Program(
            request, "Deployment", $"{request.Release}-grafana", "docker.io/grafana/grafana:12.3.0",
            ("", PlatformCharts.GrafanaAdministrator(request.Values.At("grafana")), "")),
    ];
}
