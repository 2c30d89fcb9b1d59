using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.K3s.Charts;
using Orrery.Tests.Tidy;
using static Orrery.Tests.Simulation.K3s.ClusterScene;

namespace Orrery.Tests.Simulation.K3s;

public class ChartTests
{
    private const string Monitoring = "https://prometheus-community.github.io/helm-charts";

    [Fact]
    public void The_engine_that_the_platform_applies_is_installed_and_gets_ready()
    {
        var scene = new ClusterScene().Boot();
        scene.Apply("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: argocd\n");
        scene.Apply(SourceTree.Read("tests/Orrery.Tests/Golden/Bootstrap/engine.yaml"));
        scene.Wait(120);
        Condition(scene.Get("batch/v1", "Job", "kube-system", "helm-install-argo-cd"), "Complete").ShouldBe("True");
        scene.Store.Kinds.Find("argoproj.io/v1alpha1", "Application").ShouldNotBeNull();
        var config = scene.Get("v1", "ConfigMap", "argocd", "argocd-cm");
        Text(config, "data", "timeout.reconciliation").ShouldBe("60s");
        Text(config, "data", "resource.customizations.health.argoproj.io_Application").ShouldContain("return");
        Text(scene.Get("v1", "ConfigMap", "argocd", "argocd-cmd-params-cm"), "data", "server.insecure")
            .ShouldBe("true");
        Text(scene.Get("apps/v1", "StatefulSet", "argocd", "argo-cd-argocd-application-controller"), "status",
            "readyReplicas").ShouldBe("1");
        Condition(scene.Get("apps/v1", "Deployment", "argocd", "argo-cd-argocd-server"), "Available").ShouldBe("True");
    }

    [Theory]
    [InlineData("argo-cd", "https://argoproj.github.io/argo-helm", "0.0.1",
        "chart \"argo-cd\" version \"0.0.1\" not found in https://argoproj.github.io/argo-helm repository")]
    [InlineData("argo-cdd", "https://argoproj.github.io/argo-helm", "10.1.1",
        "chart \"argo-cdd\" not found in https://argoproj.github.io/argo-helm repository")]
    [InlineData("argo-cd", "https://example.org/charts", "10.1.1",
        "looks like \"https://example.org/charts\" is not a valid chart repository or cannot be reached")]
    public void An_unknown_chart_fails_with_what_Helm_says(string chart, string repo, string version, string message)
    {
        var scene = new ClusterScene().Boot();
        scene.Apply($"""
            apiVersion: helm.cattle.io/v1
            kind: HelmChart
            metadata:
              name: some
              namespace: kube-system
            spec:
              chart: {chart}
              repo: {repo}
              version: {version}
            """);
        scene.Wait(60);
        var status = scene.Pod("kube-system", "helm-install-some-")!["status"]!["containerStatuses"]![0];
        Text(status, "state", "waiting", "reason").ShouldBe("CrashLoopBackOff");
        Text(status, "lastState", "terminated", "message").ShouldBe("Error: INSTALLATION FAILED: " + message);
    }

    [Fact]
    public void Traefik_runs_with_the_values_of_its_configuration()
    {
        var traefik = SourceTree.Read("tests/Orrery.Tests/Golden/Bootstrap/machine/orrery-traefik.yaml");
        var scene = new ClusterScene().Boot(
            manifests: [("orrery-traefik.yaml", traefik)],
            setup: "mkdir -p /data/traefik && chown 65532:65532 /data/traefik");
        scene.Wait(60);
        var deployment = scene.Get("apps/v1", "Deployment", "kube-system", "traefik");
        Condition(deployment, "Available").ShouldBe("True");
        var container = deployment!["spec"]!["template"]!["spec"]!["containers"]![0];
        Text(container, "args").ShouldContain("--certificatesResolvers.letsencrypt.acme.storage=/data/acme.json");
        Text(container, "args").ShouldContain("--entryPoints.metrics.address=:9101/tcp");
        Text(scene.Get("v1", "PersistentVolumeClaim", "kube-system", "traefik-acme-data"), "status", "phase")
            .ShouldBe("Bound");
        Text(scene.Get("v1", "Service", "kube-system", "traefik"), "status", "loadBalancer", "ingress", "0", "ip")
            .ShouldBe("203.0.113.1");
        scene.Store.Kinds.Find("traefik.io/v1alpha1", "IngressRoute").ShouldNotBeNull();
    }

    [Fact]
    public void Grafana_waits_for_its_password_and_the_exporter_takes_its_port()
    {
        var scene = new ClusterScene().Boot();
        Install(scene, "grafana: {admin: {existingSecret: grafana-admin, userKey: user, passwordKey: password}}");
        scene.Wait(90);
        var grafana = scene.Pod("monitoring", "stack-grafana-");
        Text(grafana, "status", "containerStatuses", "0", "state", "waiting", "reason")
            .ShouldBe("CreateContainerConfigError");
        Text(scene.Get("apps/v1", "DaemonSet", "monitoring", "stack-prometheus-node-exporter"), "status",
            "numberReady").ShouldBe("1");
        scene.Apply("apiVersion: v1\nkind: Secret\nmetadata:\n  name: grafana-admin\n  namespace: monitoring\n"
            + "stringData: {user: admin, password: x}\n");
        scene.Wait(30);
        Condition(scene.Pod("monitoring", "stack-grafana-"), "Ready").ShouldBe("True");
    }

    // Mode of the folder; what stands in it already; whether Prometheus comes up.
    [Theory]
    [InlineData("0770", "", false)]
    [InlineData("0777", "", true)]
    [InlineData("0770", "prometheus-db", true)]
    public void Prometheus_needs_a_folder_below_its_volume_that_it_may_write_to(string mode, string more, bool comesUp)
    {
        var setup = $"mkdir -p /data/prometheus && chown 1000:2000 /data/prometheus && chmod {mode} /data/prometheus";
        var made = $" && mkdir -p /data/prometheus/{more} && chown 1000:2000 /data/prometheus/{more}";
        var scene = new ClusterScene().Boot(setup: setup + (more.Length == 0 ? "" : made));
        scene.Apply("""
            apiVersion: v1
            kind: PersistentVolume
            metadata:
              name: prometheus-data
              labels:
                volume: prometheus
            spec:
              accessModes: [ReadWriteOnce]
              capacity: {storage: 20Gi}
              hostPath: {path: /data/prometheus, type: Directory}
              persistentVolumeReclaimPolicy: Retain
              storageClassName: manual
            """);
        Install(scene, "prometheus: {prometheusSpec: {storageSpec: {volumeClaimTemplate: {spec: {accessModes: "
            + "[ReadWriteOnce], resources: {requests: {storage: 20Gi}}, selector: {matchLabels: "
            + "{volume: prometheus}}, storageClassName: manual}}}}}");
        scene.Wait(150);
        var pod = scene.Get("v1", "Pod", "monitoring", "prometheus-stack-prometheus-0");
        Condition(pod, "Ready").ShouldBe(comesUp ? "True" : "False");
        const string Claim = "prometheus-stack-prometheus-db-prometheus-stack-prometheus-0";
        Text(scene.Get("v1", "PersistentVolumeClaim", "monitoring", Claim), "spec", "volumeName")
            .ShouldBe("prometheus-data");
        scene.Cluster.WriteThroughClaim("monitoring", Claim, "note", "kept").ShouldBe(comesUp);
        Condition(scene.Get("monitoring.coreos.com/v1", "Prometheus", "monitoring", "stack-prometheus"), "Available")
            .ShouldBe(comesUp ? "True" : "False");
    }

    [Fact]
    public void The_library_says_null_for_a_chart_that_it_does_not_know() =>
        new ChartLibrary().Render(new ChartRequest("https://charts.jetstack.io", "cert-manager", "v1", "a", "b", []))
            .ShouldBeNull();

    private static void Install(ClusterScene scene, string values)
    {
        scene.Apply($"""
            apiVersion: helm.cattle.io/v1
            kind: HelmChart
            metadata:
              name: stack
              namespace: kube-system
            spec:
              chart: kube-prometheus-stack
              repo: {Monitoring}
              version: 88.5.3
              targetNamespace: monitoring
              createNamespace: true
              valuesContent: |
                {values}
            """);
    }
}
