using Orrery.GitOps.Delivery;
using Orrery.GitOps.Manifests;
using Orrery.GitOps.Ordering;
using Orrery.Model.Documents;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog;

/// <summary>
/// The Secrets that people keep for a cluster as SOPS documents: a component for each namespace. So the engine makes a
/// namespace that is not there yet and owns none that people made, and one bad document holds up one namespace.
/// </summary>
internal static class SopsSecrets
{
    private const string Generator = "ksops.yaml";

    // Documents end with .sops.yaml and the like.
    private const string NamespaceFile = "namespace.yaml";

    public static IEnumerable<CatalogComponent> Of(Setting setting) =>
        !setting.Cluster.Secrets.Sops || setting.Cluster.GitOps is null
            ? []
            : SecretDocuments.Of(setting.Cluster).GroupBy(document => document.Namespace, StringComparer.Ordinal)
                .Select(space => new CatalogComponent
                {
                    Name = NameOf(space.Key),
                    Namespace = space.Key,
                    By = DeliveredBy.GitOps,
                    Files = setting.ArgoCd is null ? Resources(space.Key, [.. space]) : FilesOf([.. space]),
                    HasEncryptedFiles = true,
                    Provides = [In(space.Key)],
                });

    public static string NameOf(string space) => $"sops-secrets-{space}";

    /// <summary>
    /// What runs in a namespace comes after what is encrypted for it; objects of ours alone run nothing.
    /// </summary>
    public static CatalogComponent AfterThose(CatalogComponent component, IEnumerable<CatalogComponent> secrets) =>
        component is { By: DeliveredBy.GitOps, Chart: not null }
        && secrets.Any(each => each.Namespace == component.Namespace)
            ? component with { Requires = [.. component.Requires, In(component.Namespace)] }
            : component;

    private static Capability In(string space) =>
        new(CapabilityKind.Secrets, space, "its pods may use what is encrypted for its namespace");

    /// <summary>Flux decrypts what it builds; the namespace it makes where there is none, and lets it be.</summary>
    private static ValueMap<string> Resources(string space, IReadOnlyList<SecretDocument> documents) => ValueMap.From(
    [
        .. documents.Select(document => KeyValuePair.Create(document.Name, document.Text)),
        KeyValuePair.Create(
            NamespaceFile, GitOpsTree.Header + YamlText.Write(Kustomizations.OnlyMade(space))),
        KeyValuePair.Create("kustomization.yaml", GitOpsTree.Header + YamlText.Write(Value.MapOf(
            ("apiVersion", "kustomize.config.k8s.io/v1beta1"),
            ("kind", "Kustomization"),
            ("resources", Manifest.Texts([.. documents.Select(document => document.Name), NamespaceFile]))))),
    ]);

    private static ValueMap<string> FilesOf(IReadOnlyList<SecretDocument> documents) => ValueMap.From(
    [
        .. documents.Select(document => KeyValuePair.Create(document.Name, document.Text)),
        KeyValuePair.Create(Generator, GitOpsTree.Header + YamlText.Write(GeneratorOf(documents))),
        KeyValuePair.Create("kustomization.yaml", GitOpsTree.Header + YamlText.Write(Value.MapOf(
            ("apiVersion", "kustomize.config.k8s.io/v1beta1"),
            ("generators", Manifest.Texts(Generator)),
            ("kind", "Kustomization")))),
    ]);

    private static Value.Map GeneratorOf(IReadOnlyList<SecretDocument> documents) => Manifest.Of(
        "viaduct.ai/v1", "ksops", "secrets", null,
        ("files", Manifest.Texts([.. documents.Select(document => $"./{document.Name}")])))
        .Annotated("config.kubernetes.io/function", "exec:\n  path: ksops\n");
}
