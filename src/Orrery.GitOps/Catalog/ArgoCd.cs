using Orrery.GitOps.Delivery;
using Orrery.GitOps.Manifests;
using Orrery.GitOps.Ordering;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog;

/// <summary>Argo CD, which delivers all that is not there before it.</summary>
internal static class ArgoCd
{
    public const string Namespace = "argocd";

    private static readonly Chart Chart = new("https://argoproj.github.io/argo-helm", "argo-cd", "10.1.1");

    public static CatalogComponent? Of(Setting setting) => setting.ArgoCd is null ? null : new CatalogComponent
    {
        Name = "argo-cd",
        Namespace = Namespace,
        By = DeliveredBy.Bootstrap,
        Chart = Chart,
        BaseValues = Value.MapOf(
            ("configs", Value.MapOf(
                ("cm", Value.MapOf(
                    // Without it sync waves of Applications mean nothing: the built-in check went with Argo CD 1.8.
                    ("resource.customizations.health.argoproj.io_Application", ApplicationHealth.Lua),
                    // They change all the time and are never in Git.
                    ("resource.exclusions", YamlOf(
                        Exclusion("", "Endpoints"),
                        Exclusion("coordination.k8s.io", "Lease"),
                        Exclusion("discovery.k8s.io", "EndpointSlice"))),
                    ("timeout.reconciliation", "60s"))),
                // TLS ends at the ingress controller.
                ("params", Value.MapOf(("server.insecure", true)))))),
        ClusterValues = setting.Cluster.Secrets.Sops ? Ksops.ValuesFor(setting.Cluster) : Value.Map.Empty,
        Provides =
        [
            new Capability(CapabilityKind.Namespace, Namespace),
            new Capability(CapabilityKind.Crd, "applications.argoproj.io"),
            new Capability(CapabilityKind.Crd, "appprojects.argoproj.io"),
        ],
    };

    private static Value Exclusion(string group, string kind) => Value.MapOf(
        ("apiGroups", Manifest.Texts(group)), ("clusters", Manifest.Texts("*")), ("kinds", Manifest.Texts(kind)));

    private static string YamlOf(params ReadOnlySpan<Value> items) =>
        Model.Documents.YamlText.Write(new Value.List(ValueList.Create(items)));
}
