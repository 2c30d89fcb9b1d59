using Orrery.GitOps.Manifests;
using Orrery.GitOps.Ordering;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog.Networks;

/// <summary>
/// The hosts under which pages of components are reached from outside: by TLS alone, at Traefik's entry point
/// <c>websecure</c>, which takes their certificates from its resolver.
/// </summary>
internal static class Ingresses
{
    // https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/ingress/
    private const string Annotation = "traefik.ingress.kubernetes.io/router.";
    private const int HttpPort = 80;

    /// <summary>The page of Argo CD, which leaves TLS to Traefik (<c>server.insecure</c>).</summary>
    public static CatalogComponent? OfArgoCd(Setting setting) => Of(
        setting, "argocd-ingress", setting.ArgoCd?.Host, ArgoCd.Namespace, "argo-cd-argocd-server");

    public static CatalogComponent? OfGrafana(Setting setting) => Of(
        setting, "grafana-ingress", setting.Component(KubePrometheusStack.Name)?.Text("host"),
        KubePrometheusStack.NamespaceIn(setting), $"{KubePrometheusStack.Name}-grafana");

    private static CatalogComponent? Of(Setting setting, string name, string? host, string space, string service) =>
        host is null || setting.Cluster.GitOps is null ? null : new CatalogComponent
        {
            Name = name,
            Namespace = space,
            By = DeliveredBy.GitOps,
            Objects = ValueMap.Of(("ingress.yaml", Secured(
                Manifest.Of(
                    "networking.k8s.io/v1",
                    "Ingress",
                    name,
                    space,
                    ("spec", Value.MapOf(
                        ("ingressClassName", "traefik"),
                        ("rules", Value.ListOf([Rule(host, service)]))))),
                setting.Platform.Acme))),
            Requires = [new Capability(CapabilityKind.IngressClass, "traefik", "nobody serves it without it")],
        };

    private static Value.Map Secured(Value.Map ingress, Acme? acme)
    {
        var secured = ingress.Annotated(Annotation + "entrypoints", "websecure").Annotated(Annotation + "tls", "true");
        return acme is null ? secured : secured.Annotated(Annotation + "tls.certresolver", Traefik.Resolver);
    }

    private static Value.Map Rule(string host, string service) => Value.MapOf(
        ("host", host),
        ("http", Value.MapOf(("paths", Value.ListOf(
        [
            Value.MapOf(
                ("backend", Value.MapOf(("service", Value.MapOf(
                    ("name", service), ("port", Value.MapOf(("number", HttpPort))))))),
                ("path", "/"),
                ("pathType", "Prefix")),
        ])))));
}
