using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.K3s.Charts;

/// <summary>traefik of https://github.com/traefik/traefik-helm-chart, as K3s packages it.</summary>
internal static class TraefikChart
{
    public static IEnumerable<JsonObject> Definitions(ChartRequest request) => CustomKinds.Of(
        "traefik.io/v1alpha1 ingressroutes IngressRoute",
        "traefik.io/v1alpha1 ingressroutetcps IngressRouteTCP",
        "traefik.io/v1alpha1 ingressrouteudps IngressRouteUDP",
        "traefik.io/v1alpha1 middlewares Middleware",
        "traefik.io/v1alpha1 middlewaretcps MiddlewareTCP",
        "traefik.io/v1alpha1 serverstransports ServersTransport",
        "traefik.io/v1alpha1 serverstransporttcps ServersTransportTCP",
        "traefik.io/v1alpha1 tlsoptions TLSOption",
        "traefik.io/v1alpha1 tlsstores TLSStore",
        "traefik.io/v1alpha1 traefikservices TraefikService",
        "gateway.networking.k8s.io/v1 gatewayclasses GatewayClass status cluster",
        "gateway.networking.k8s.io/v1 gateways Gateway status",
        "gateway.networking.k8s.io/v1 grpcroutes GRPCRoute status",
        "gateway.networking.k8s.io/v1 httproutes HTTPRoute status",
        "gateway.networking.k8s.io/v1beta1 referencegrants ReferenceGrant");

    public static IEnumerable<JsonObject> Objects(ChartRequest request)
    {
        var (ns, values) = (request.Namespace, request.Values);
        var metrics = values.Text("9100", "ports", "metrics", "port");
        var arguments = Arguments(request, metrics);
        var isKept = values.Is(false, "persistence", "enabled");
        var path = values.Text("/data", "persistence", "path");
        var data = !isKept ? "{name: data, emptyDir: {}}"
            : "{name: data, persistentVolumeClaim: {claimName: "
                + values.Text(request.Release, "persistence", "existingClaim") + "}}";
        var strategy = values.Json(
            """{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":0,"maxSurge":1}}""", "updateStrategy");
        var security = values.Json(
            """{"runAsUser":65532,"runAsGroup":65532,"runAsNonRoot":true}""", "podSecurityContext");
        var image = values.Text("docker.io/traefik", "image", "repository") + ":"
            + values.Text("v3.5.1", "image", "tag");
        foreach (var item in ChartText.Workload("Deployment", ns, request.Release, image,
            ($"securityContext: {security}\nvolumes: [{data}]",
                $"args: {JsonText.Of(arguments)}\nvolumeMounts: [{{name: data, mountPath: {path}}}]",
                $"strategy: {strategy}")))
        {
            yield return item;
        }

        var exposed = values.Is(false, "ports", "metrics", "expose", "default")
            ? ", {name: metrics, port: " + values.Text("9100", "ports", "metrics", "exposedPort")
                + $", targetPort: {metrics}" + "}"
            : "";
        foreach (var item in ChartText.Read($$"""
            apiVersion: v1
            kind: Service
            metadata:
              name: {{request.Release}}
              namespace: {{ns}}
              annotations: {{values.Json("{}", "service", "annotations")}}
            spec:
              type: {{values.Text("LoadBalancer", "service", "spec", "type")}}
              externalIPs: {{values.Json("[]", "service", "spec", "externalIPs")}}
              ports: [{name: web, port: 80, targetPort: 8000},
                {name: websecure, port: 443, targetPort: 8443}{{exposed}}]
              selector:
                app.kubernetes.io/name: {{request.Release}}
            ---
            apiVersion: networking.k8s.io/v1
            kind: IngressClass
            metadata:
              name: {{request.Release}}
              annotations:
                ingressclass.kubernetes.io/is-default-class: "true"
            spec:
              controller: traefik.io/ingress-controller
            """))
        {
            yield return item;
        }
    }

    private static JsonArray Arguments(ChartRequest request, string metrics)
    {
        var (ns, values) = (request.Namespace, request.Values);
        var arguments = new JsonArray($"--entryPoints.metrics.address=:{metrics}/tcp",
            "--entryPoints.web.address=:8000/tcp",
            "--entryPoints.websecure.address=:8443/tcp", "--providers.kubernetescrd", "--providers.kubernetesingress");
        if (values.Is(true, "providers", "kubernetesIngress", "publishedService", "enabled"))
        {
            arguments.Add(
                (JsonNode)$"--providers.kubernetesingress.ingressendpoint.publishedservice={ns}/{request.Release}");
        }

        foreach (var (resolver, settings) in values.At("certificatesResolvers") as JsonObject ?? [])
            AddArguments(arguments, $"--certificatesResolvers.{resolver}", settings);
        foreach (var argument in values.At("additionalArguments") as JsonArray ?? [])
            arguments.Add(argument?.DeepClone());
        return arguments;
    }

    // The chart hands a resolver's settings on as arguments, whatever they are.
    private static void AddArguments(JsonArray arguments, string name, JsonNode? settings)
    {
        if (settings is JsonObject map)
        {
            foreach (var (key, value) in map)
                AddArguments(arguments, $"{name}.{key}", value);
            return;
        }

        arguments.Add((JsonNode)$"{name}={settings.Text() ?? settings?.ToJsonString()}");
    }
}
