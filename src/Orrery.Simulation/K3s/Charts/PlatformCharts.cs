using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.K3s.Charts;

/// <summary>
/// Charts of what people use: their programs, the Secrets without which these do not start, their claims, and how they
/// are reached. Images are those of the charts' own defaults.
/// </summary>
internal static class PlatformCharts
{
    private static readonly (string Name, string Key)[] MatrixParts =
    [
        ("element-web", "elementWeb"), ("matrix-authentication-service", "matrixAuthenticationService"),
        ("synapse", "synapse"),
    ];

    public static void AddTo(ChartLibrary library)
    {
        library.Add("https://charts.goauthentik.io", "authentik", "2026.8.0", Authentik);
        library.Add("https://dl.gitea.com/charts", "gitea", "12.5.0", request =>
            Forge(request, "docker.gitea.com/gitea:1.25.4-rootless"));
        library.Add("oci://code.forgejo.org/forgejo-helm", "forgejo", "17.1.5", request =>
            Forge(request, "code.forgejo.org/forgejo/forgejo:15.0.3-rootless"));
        library.Add("https://grafana-community.github.io/helm-charts", "grafana", "12.11.1", Grafana);
        library.Add("https://helm.goharbor.io", "harbor", "1.19.1", Harbor);
        library.Add("oci://ghcr.io/element-hq/ess-helm", "matrix-stack", "26.8.1", Matrix);
        library.Add("https://pkgs.tailscale.com/helmcharts", "tailscale-operator", "1.102.3", Tailscale);
        library.Add("https://docs.renovatebot.com/helm-charts", "renovate", "46.254.2", Renovate);
        library.Add("https://vmware-tanzu.github.io/helm-charts", "velero", "12.1.0", Velero);
        library.Add("https://backube.github.io/helm-charts", "volsync", "0.16.0", request =>
        [
            .. CustomKinds.Of(
                "volsync.backube/v1alpha1 replicationdestinations ReplicationDestination status",
                "volsync.backube/v1alpha1 replicationsources ReplicationSource status"),
            .. Program(request, "Deployment", request.Release, "quay.io/backube/volsync:0.16.0"),
        ]);
        library.Add("oci://ghcr.io/spegel-org/helm-charts", "spegel", "0.7.4", Spegel);
    }

    /// <summary>Lines of a container that reads its first user from a Secret, or knows everybody's.</summary>
    public static string GrafanaAdministrator(JsonNode? values) =>
        values.TextAt("admin", "existingSecret") is not { Length: > 0 } secret
            ? ""
            : Variables(
                ("GF_SECURITY_ADMIN_USER", secret, values.TextAt("admin", "userKey") ?? "admin-user"),
                ("GF_SECURITY_ADMIN_PASSWORD", secret, values.TextAt("admin", "passwordKey") ?? "admin-password"));

    private static IEnumerable<JsonObject> Authentik(ChartRequest request)
    {
        var values = request.Values;
        var from = values.Text("", "authentik", "existingSecret", "secretName") is { Length: > 0 } secret
            ? $"envFrom: [{{secretRef: {{name: {secret}}}}}]"
            : "";
        var maps = (values.At("blueprints", "configMaps") as JsonArray ?? [])
            .Select(each => each.Text() ?? "").ToList();
        var volumes = string.Join(", ", maps.Select(name =>
            $"{{name: blueprints-cm-{name}, configMap: {{name: {name}}}}}"));
        const string Image = "ghcr.io/goauthentik/server:2026.8.0";
        return
        [
            .. Program(
                request, "Deployment", $"{request.Release}-server", Image, ("", $"args: [server]\n{from}", "")),
            .. Program(
                request, "Deployment", $"{request.Release}-worker", Image,
                (maps.Count > 0 ? $"volumes: [{volumes}]" : "", $"args: [worker]\n{from}", "")),
            .. ChartText.Service(
                request.Namespace, $"{request.Release}-server", ("authentik", $"{request.Release}-server"), 80, 9000),
            .. Ingress(request, $"{request.Release}-server", values.At("server", "ingress"), 80),
        ];
    }

    private static IEnumerable<JsonObject> Forge(ChartRequest request, string image)
    {
        var values = request.Values;
        var administrator = values.Text("", "gitea", "admin", "existingSecret") is { Length: > 0 } secret
            ? Variables(
                ("GITEA_ADMIN_USERNAME", secret, "username"), ("GITEA_ADMIN_PASSWORD", secret, "password"))
            : "";
        var claim = values.Is(true, "persistence", "enabled");
        return
        [
            .. claim ? Claim(request.Namespace, $"{request.Release}-shared-storage", "10Gi") : [],
            .. Program(
                request, "Deployment", request.Release, image,
                (claim ? Volume($"{request.Release}-shared-storage") : "", administrator,
                    $"strategy: {values.Json("{}", "strategy")}")),
            .. ChartText.Service(
                request.Namespace, $"{request.Release}-http", (request.Chart, request.Release), 3000, 3000),
            .. Ingress(request, $"{request.Release}-http", values.At("ingress"), 3000),
        ];
    }

    private static IEnumerable<JsonObject> Grafana(ChartRequest request)
    {
        var values = request.Values;
        var claim = values.Is(false, "persistence", "enabled");
        return
        [
            .. claim ? Claim(request.Namespace, request.Release, values.Text("10Gi", "persistence", "size")) : [],
            .. Program(
                request, "Deployment", request.Release, "docker.io/grafana/grafana:13.2.0",
                (claim ? Volume(request.Release) : "", GrafanaAdministrator(values),
                    $"strategy: {values.Json("{}", "deploymentStrategy")}")),
            .. ChartText.Service(request.Namespace, request.Release, ("grafana", request.Release), 80, 3000),
            .. Ingress(request, request.Release, values.At("ingress"), 80),
        ];
    }

    private static IEnumerable<JsonObject> Harbor(ChartRequest request)
    {
        var (values, name) = (request.Values, request.Release);
        string Keys(string variable, string key, params ReadOnlySpan<string> path) =>
            values.Text("", path) is { Length: > 0 } secret ? Variables((variable, secret, key)) : "";
        const string Tag = "v2.15.1";
        return
        [
            .. Claim(request.Namespace, $"{name}-jobservice", "1Gi"),
            .. Claim(request.Namespace, $"{name}-registry", "5Gi"),
            .. Program(
                request, "Deployment", $"{name}-core", $"docker.io/goharbor/harbor-core:{Tag}",
                ("", Keys("POSTGRESQL_PASSWORD", "password", "database", "external", "existingSecret"), "")),
            .. Program(
                request, "Deployment", $"{name}-jobservice", $"docker.io/goharbor/harbor-jobservice:{Tag}",
                (Volume($"{name}-jobservice"),
                    Keys("JOBSERVICE_SECRET", "JOBSERVICE_SECRET", "jobservice", "existingSecret"), "")),
            .. Program(request, "Deployment", $"{name}-portal", $"docker.io/goharbor/harbor-portal:{Tag}"),
            .. Program(
                request, "Deployment", $"{name}-registry", $"docker.io/goharbor/registry-photon:{Tag}",
                (Volume($"{name}-registry"),
                    Keys("REGISTRY_HTTP_SECRET", "REGISTRY_HTTP_SECRET", "registry", "existingSecret"), "")),
            .. Program(
                request, "StatefulSet", $"{name}-redis", $"docker.io/goharbor/redis-photon:{Tag}",
                ("", "", Template("data", "1Gi"))),
            .. ChartText.Service(request.Namespace, $"{name}-core", ("harbor", $"{name}-core"), 80, 8080),
            .. values.At("expose", "ingress") is not { } exposed ? [] : Ingress(
                request, ($"{name}-ingress", exposed.TextAt("className")), ($"{name}-core", 80),
                exposed.TextAt("hosts", "core"),
                (exposed.At("annotations"),
                    Tls(exposed.TextAt("hosts", "core"), values.TextAt("expose", "tls", "secret", "secretName")))),
        ];
    }

    private static IEnumerable<JsonObject> Matrix(ChartRequest request) =>
    [
        .. Program(
            request, "StatefulSet", $"{request.Release}-postgres", "docker.io/library/postgres:17",
            ("", "", Template("data", "10Gi"))),
        .. Program(
            request, "StatefulSet", $"{request.Release}-synapse-main", "ghcr.io/element-hq/synapse:v1.150.0",
            ("", "", Template("media", "10Gi"))),
        .. Program(
            request, "Deployment", $"{request.Release}-matrix-authentication-service",
            "ghcr.io/element-hq/matrix-authentication-service:1.14.0"),
        .. Program(request, "Deployment", $"{request.Release}-element-web", "ghcr.io/element-hq/element-web:v1.12.10"),
        .. Program(request, "Deployment", $"{request.Release}-haproxy", "docker.io/library/haproxy:3.2-alpine"),
        .. MatrixParts.SelectMany(part => MatrixIngress(request, part.Name, part.Key)),
    ];

    private static IEnumerable<JsonObject> MatrixIngress(ChartRequest request, string name, string key)
    {
        if (request.Values.TextAt(key, "ingress", "host") is not { } host)
            return [];
        var issuer = request.Values.TextAt("certManager", "clusterIssuer");
        name = $"{request.Release}-{name}";
        return Ingress(
            request, (name, request.Values.TextAt("ingress", "className")), ($"{request.Release}-haproxy", 8008), host,
            issuer is null
                ? default
                : (new JsonObject { ["cert-manager.io/cluster-issuer"] = issuer },
                    Tls(host, $"{name}-certmanager-tls")));
    }

    private static JsonArray? Tls(string? host, string? secret) => host is null || secret is null
        ? null
        : new JsonArray(new JsonObject { ["hosts"] = new JsonArray(host), ["secretName"] = secret });

    private static IEnumerable<JsonObject> Tailscale(ChartRequest request) =>
    [
        .. CustomKinds.Of(
            "tailscale.com/v1alpha1 connectors Connector status cluster",
            "tailscale.com/v1alpha1 proxyclasses ProxyClass status cluster",
            "tailscale.com/v1alpha1 proxygroups ProxyGroup status cluster"),
        .. Program(
            request, "Deployment", "operator", "docker.io/tailscale/k8s-operator:v1.102.3",
            ("volumes: [{name: oauth, secret: {secretName: operator-oauth}}]", "", "")),
    ];

    private static IEnumerable<JsonObject> Renovate(ChartRequest request) => ChartText.Read($$"""
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: {{request.Release}}, namespace: {{request.Namespace}}}
        spec:
          schedule: {{request.Values.Json("\"0 1 * * *\"", "cronjob", "schedule")}}
          jobTemplate:
            spec:
              template:
                spec:
                  restartPolicy: Never
                  containers:
                  - name: renovate
                    image: ghcr.io/renovatebot/renovate:44.39.2
                    envFrom: [{secretRef: {name: {{request.Values.Text(request.Release, "existingSecret")}} } }]
        """);

    private static IEnumerable<JsonObject> Velero(ChartRequest request)
    {
        var has = request.Values.Is(true, "credentials", "useSecret");
        var secret = request.Values.Text(request.Release, "credentials", "existingSecret");
        return
        [
            .. CustomKinds.Of(
                "velero.io/v1 backups Backup", "velero.io/v1 restores Restore",
                "velero.io/v1 schedules Schedule status",
                "velero.io/v1 backupstoragelocations BackupStorageLocation"),
            .. Program(
                request, "Deployment", request.Release, "docker.io/velero/velero:v1.18.1",
                (has ? $"volumes: [{{name: cloud-credentials, secret: {{secretName: {secret}}}}}]" : "", "", "")),
        ];
    }

    private static IEnumerable<JsonObject> Spegel(ChartRequest request) => Program(
        request, "DaemonSet", request.Release, "ghcr.io/spegel-org/spegel:v0.7.4",
        ("volumes: [{name: containerd-sock, hostPath: {path: /run/containerd/containerd.sock, type: Socket}}]",
            "ports: [{name: registry, containerPort: 5000, hostPort: 29999}]", ""));

    private static IEnumerable<JsonObject> Program(
        ChartRequest request, string kind, string name, string image,
        (string Pod, string Container, string Spec) more = default) =>
        ChartText.Workload(kind, request.Namespace, name, image, more);

    private static string Variables(params IEnumerable<(string Name, string Secret, string Key)> variables) =>
        "env: [" + string.Join(", ", variables.Select(each =>
            $"{{name: {each.Name}, valueFrom: {{secretKeyRef: {{name: {each.Secret}, key: {each.Key}}}}}}}")) + "]";

    private static string Volume(string claim) =>
        $"volumes: [{{name: data, persistentVolumeClaim: {{claimName: {claim}}}}}]";

    private static IEnumerable<JsonObject> Claim(string ns, string name, string size) => ChartText.Read($$"""
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: {{name}}, namespace: {{ns}}}
        spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: {{size}} } } }
        """);

    private static string Template(string name, string size) => $$"""
        volumeClaimTemplates:
        - metadata: {name: {{name}}}
          spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: {{size}} } } }
        """;

    private static IEnumerable<JsonObject> Ingress(ChartRequest request, string service, JsonNode? values, int port)
    {
        if (!values.At("enabled").IsTrue())
            return [];
        var first = (values.At("hosts") as JsonArray)?[0];
        return Ingress(
            request, (request.Release, values.TextAt("ingressClassName") ?? values.TextAt("className")),
            (service, port), first.Text() ?? first.TextAt("host"), (values.At("annotations"), values.At("tls")));
    }

    private static IEnumerable<JsonObject> Ingress(
        ChartRequest request, (string Name, string? Class) ingress, (string Name, int Port) service, string? host,
        (JsonNode? Annotations, JsonNode? Tls) more) => ChartText.Read($$"""
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: {{ingress.Name}}
              namespace: {{request.Namespace}}
              annotations: {{JsonText.Of(more.Annotations ?? new JsonObject())}}
            spec:
              ingressClassName: {{ingress.Class}}
              tls: {{JsonText.Of(more.Tls ?? new JsonArray())}}
              rules:
              - host: {{host}}
                http:
                  paths:
                  - path: /
                    pathType: Prefix
                    backend: {service: {name: {{service.Name}}, port: {number: {{service.Port}} } } }
            """);
}
