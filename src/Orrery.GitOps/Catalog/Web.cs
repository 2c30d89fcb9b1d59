using Orrery.GitOps.Manifests;
using Orrery.GitOps.Ordering;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog;

/// <summary>
/// How a component's page is reached from outside: by a name below the platform's domain, at the cluster's ingress
/// controller, by a certificate of the cluster's issuer where there is one.
/// </summary>
/// <param name="Host">For example <c>git.example.org</c>.</param>
/// <param name="Class">The ingress class.</param>
/// <param name="Issuer">The ClusterIssuer; null where nobody orders certificates.</param>
internal sealed record Web(string Host, string Class, string? Issuer)
{
    /// <summary>What the cluster's ClusterIssuer is called.</summary>
    public const string ClusterIssuer = "letsencrypt";

    /// <summary>Null where there is no domain, or no ingress controller.</summary>
    /// <param name="name">In front of the domain.</param>
    public static Web? Of(Setting setting, string name)
    {
        if (setting.Platform.Domain is not { } domain || ClassOf(setting) is not { } kind)
            return null;
        var orders = setting.Platform.Acme is not null && setting.Component("cert-manager") is not null;
        return new Web($"{name}.{domain}", kind, orders ? ClusterIssuer : null);
    }

    /// <summary>The ingress class of the cluster's controller; null where there is none.</summary>
    public static string? ClassOf(Setting setting) =>
        setting.Component("ingress-nginx") is not null ? "nginx"
        : setting.Component("traefik") is not null ? "traefik"
        : null;

    public Value.Map Annotations => Issuer is null
        ? Value.Map.Empty
        : Value.MapOf(("cert-manager.io/cluster-issuer", Issuer));

    /// <summary>The Secret that the certificate is kept in.</summary>
    public string Certificate => $"{Host.Split('.')[0]}-tls";

    /// <summary>As most charts want it; they differ in how they name the class and write a host.</summary>
    public Value.Map Values(string classKey, Value host) => Value.MapOf(
        ("annotations", Annotations),
        ("enabled", true),
        ("hosts", Value.ListOf([host])),
        ("tls", Tls),
        (classKey, Class));

    /// <summary>A host with its paths, as some charts write it.</summary>
    public Value.Map HostWithPaths => Value.MapOf(
        ("host", Host), ("paths", Value.ListOf([Value.MapOf(("path", "/"), ("pathType", "Prefix"))])));

    public static ValueList<Capability> Needs(Web? web) => web is null
        ? []
        : [new Capability(CapabilityKind.IngressClass, web.Class, "nobody serves it without it")];

    /// <summary>For a program of ours.</summary>
    public Value.Map Ingress(string name, string space, string service, string port)
    {
        var backend = Value.MapOf(("service", Value.MapOf(
            ("name", service), ("port", Value.MapOf(("name", port))))));
        var path = Value.MapOf(("backend", backend), ("path", "/"), ("pathType", "Prefix"));
        var rule = Value.MapOf(("host", Host), ("http", Value.MapOf(("paths", Value.ListOf([path])))));
        var ingress = Manifest.Of(
            "networking.k8s.io/v1", "Ingress", name, space,
            ("spec", Value.MapOf(
                ("ingressClassName", Class), ("rules", Value.ListOf([rule])), ("tls", Tls))));
        return Issuer is null ? ingress : ingress.Annotated("cert-manager.io/cluster-issuer", Issuer);
    }

    private Value.List Tls => Value.ListOf(
        [Value.MapOf(("hosts", Value.ListOf([(Value)Host])), ("secretName", Certificate))]);
}
