using Orrery.GitOps.Catalog;
using Orrery.GitOps.Manifests;
using Orrery.GitOps.Ordering;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Delivery;

/// <summary>
/// Objects of Flux: the repository, the root Kustomization, one Kustomization for each component, and a HelmRelease
/// for each that is a chart. One waits for another only where the API server would refuse its objects: whatever else
/// is missing for now, pods and Helm wait for by themselves.
/// </summary>
internal sealed class Kustomizations(Platform platform, Cluster cluster) : IDelivery
{
    public const string Namespace = "flux-system";

    /// <summary>Flux' own trees are looked at again after this, also where Git has not changed.</summary>
    private const string Interval = "10m";

    private const string RetryInterval = "1m";
    private const string Timeout = "5m";

    /// <summary>Where the Kustomizations stand in the tree, and where people add theirs.</summary>
    private string Folder => $"clusters/{cluster.Name}";

    public bool WaitsFor(Capability required) => required.IsForAdmission;

    public IEnumerable<(string Path, Value.Map Document)> Documents(
        IReadOnlyList<CatalogComponent> components, Order order)
    {
        // A root whose folder is not there, or is empty, fails; this one is there already, and nothing is done to it.
        yield return ($"{Folder}/namespace.yaml", OnlyMade(Namespace));
        foreach (var component in components.Where(component => component.IsInTree))
        {
            var before = order.Edges.Where(edge => edge.After == component.Name).Select(edge => edge.Before);
            yield return (
                $"{Folder}/{component.Name}.yaml", Of(component, before.Distinct().Order(StringComparer.Ordinal)));
        }
    }

    public IEnumerable<(string Path, Value.Map Document)> ChartDocuments(CatalogComponent component, Chart chart)
    {
        var overlay = TreePaths.Overlay(cluster, component.Name);
        return
        [
            ($"{overlay}/kustomization.yaml", Value.MapOf(
                ("apiVersion", "kustomize.config.k8s.io/v1beta1"),
                ("kind", "Kustomization"),
                ("resources", Manifest.Texts("release.yaml", "repository.yaml")))),
            ($"{overlay}/release.yaml", Release(component, chart)),
            ($"{overlay}/repository.yaml", Source(component, chart)),
        ];
    }

    /// <summary>A registry is asked for one chart; a repository for the list of all that it has.</summary>
    private static Value.Map Source(CatalogComponent component, Chart chart) => !chart.IsInRegistry
        ? Manifest.Of(
            "source.toolkit.fluxcd.io/v1", "HelmRepository", component.Name, component.Namespace,
            ("spec", Value.MapOf(("interval", "1h"), ("url", chart.Repository))))
        : Manifest.Of(
            "source.toolkit.fluxcd.io/v1", "OCIRepository", component.Name, component.Namespace,
            ("spec", Value.MapOf(
                ("interval", "1h"),
                ("layerSelector", Value.MapOf(
                    ("mediaType", "application/vnd.cncf.helm.chart.content.v1.tar+gzip"), ("operation", "copy"))),
                ("ref", Value.MapOf(("tag", chart.Version))),
                ("url", $"{chart.Repository}/{chart.Name}"))));

    /// <summary>
    /// They are applied after their Secrets: a root that cannot decrypt what is in its path delivers nothing of it.
    /// </summary>
    public ValueList<Value.Map> Root(IReadOnlyList<CatalogComponent> components) =>
    [
        Manifest.Of(
            "source.toolkit.fluxcd.io/v1", "GitRepository", platform.Name, Namespace,
            ("spec", Value.MapOf(
                ("interval", "1m"),
                ("ref", Value.MapOf(("branch", platform.Repository.Branch))),
                ("secretRef", Value.MapOf(("name", BootstrapSecrets.RepositoryName))),
                ("url", RepositoryAddress.SshUrl(platform.Repository))))),
        // It waits for none of those that it makes: one that people broke would hold up what they push to mend it.
        Kustomization(platform.Name, Folder, decrypts: cluster.Secrets.Sops, waits: false, []),
    ];

    public IEnumerable<string> Expected(IEnumerable<CatalogComponent> delivered) => delivered
        .SelectMany(component => component.Chart is null
            ? (IEnumerable<string>)[Named(component)]
            : [Named(component), $"HelmRelease {component.Namespace}/{component.Name}"])
        .Append($"Kustomization {Namespace}/{platform.Name}");

    /// <summary>
    /// A namespace that Flux makes where there is none; it changes none that is there, and never deletes one.
    /// </summary>
    public static Value.Map OnlyMade(string space) => Manifest.Of("v1", "Namespace", space, null)
        .Annotated("kustomize.toolkit.fluxcd.io/prune", "disabled")
        .Annotated("kustomize.toolkit.fluxcd.io/ssa", "IfNotPresent");

    private static string Named(CatalogComponent component) => $"Kustomization {Namespace}/{component.Name}";

    private Value.Map Of(CatalogComponent component, IEnumerable<string> before) => Kustomization(
        component.Name, TreePaths.Overlay(cluster, component.Name), decrypts: component.HasEncryptedFiles, waits: true,
        before);

    private Value.Map Kustomization(
        string name, string path, bool decrypts, bool waits, IEnumerable<string> before)
    {
        var spec = Value.MapOf(
            ("interval", Interval),
            ("path", "./" + RepositoryAddress.InRepository(platform.Repository, path)),
            ("prune", true),
            ("retryInterval", RetryInterval),
            ("sourceRef", Value.MapOf(("kind", "GitRepository"), ("name", platform.Name))),
            ("timeout", Timeout));
        if (decrypts)
            spec = spec.With("decryption", Decryption);
        if (waits)
            spec = spec.With("wait", true);
        Value[] names = [.. before.Select(each => Value.MapOf(("name", each)))];
        if (names.Length > 0)
            spec = spec.With("dependsOn", Value.ListOf(names));
        return Manifest.Of("kustomize.toolkit.fluxcd.io/v1", "Kustomization", name, Namespace, ("spec", spec));
    }

    /// <summary>
    /// Both, always: without the one Flux refuses encrypted Secrets, and without the other it has no keys.
    /// https://fluxcd.io/flux/components/kustomize/kustomizations/#decryption
    /// </summary>
    private static Value.Map Decryption { get; } = Value.MapOf(
        ("provider", "sops"), ("secretRef", Value.MapOf(("name", BootstrapSecrets.SopsAgeName))));

    private static Value.Map Release(CatalogComponent component, Chart chart) => Manifest.Of(
        "helm.toolkit.fluxcd.io/v2", "HelmRelease", component.Name, component.Namespace,
        ("spec", Value.MapOf(
            chart.IsInRegistry
                ? ("chartRef", Value.MapOf(("kind", "OCIRepository"), ("name", component.Name)))
                : ("chart", Value.MapOf(("spec", Value.MapOf(
                    ("chart", chart.Name),
                    ("sourceRef", Value.MapOf(("kind", "HelmRepository"), ("name", component.Name))),
                    ("version", chart.Version))))),
            ("install", Value.MapOf(("strategy", Retrying))),
            ("interval", Interval),
            ("timeout", Timeout),
            // Helm leaves the custom resources of a chart as they were at its installation.
            ("upgrade", Value.MapOf(("crds", "CreateReplace"), ("strategy", Retrying))),
            ("values", Manifest.Over(component.BaseValues, component.ClusterValues)))));

    /// <summary>The other strategy gives up after its retries, until somebody resets it by hand.</summary>
    private static Value.Map Retrying { get; } =
        Value.MapOf(("name", "RetryOnFailure"), ("retryInterval", RetryInterval));
}
