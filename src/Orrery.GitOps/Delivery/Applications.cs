using System.Globalization;
using Orrery.GitOps.Catalog;
using Orrery.GitOps.Manifests;
using Orrery.GitOps.Ordering;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Delivery;

/// <summary>Objects of Argo CD: the project, the root Application, and one Application for each component.</summary>
internal sealed class Applications(Platform platform, Cluster cluster, GitOpsEngine.ArgoCd engine) : IDelivery
{
    private const string ApiVersion = "argoproj.io/v1alpha1";
    private const string WaveKey = "argocd.argoproj.io/sync-wave";
    private const string Server = "https://kubernetes.default.svc";
    private readonly string _repository = RepositoryAddress.Ssh(platform.Repository);

    /// <summary>Where the Applications stand in the tree: each cluster follows a folder of its own.</summary>
    private string Folder => platform.Clusters.Values.Count(other => other.GitOps is GitOpsEngine.ArgoCd) > 1
        ? $"{engine.Apps}/{cluster.Name}"
        : engine.Apps;

    public bool WaitsFor(Capability required) => true;

    public IEnumerable<(string Path, Value.Map Document)> Documents(
        IReadOnlyList<CatalogComponent> components, Order order) =>
        components.Where(component => component.IsInTree)
            .Select(component => ($"{Folder}/{component.Name}.yaml", Of(component, order.Waves[component.Name])))
            .Concat(engine.Projects.Select(name => ($"{Folder}/project-{name}.yaml", OfPeople(name))))
            .Prepend(($"{Folder}/project.yaml", Project(components)));

    public IEnumerable<(string Path, Value.Map Document)> ChartDocuments(CatalogComponent component, Chart chart) =>
    [
        (TreePaths.BaseValues(component.Name), component.BaseValues),
        (TreePaths.ClusterValues(cluster, component.Name), component.ClusterValues),
    ];

    public ValueList<Value.Map> Root(IReadOnlyList<CatalogComponent> components) => [Project(components), Root()];

    public IEnumerable<string> Expected(IEnumerable<CatalogComponent> delivered) =>
        delivered.Select(component => component.Name).Append(platform.Name);

    private Value.Map Project(IEnumerable<CatalogComponent> components)
    {
        var charts = components.Where(c => c.IsInTree).Select(
            c => c.Chart?.Repository.Replace(Chart.Registry, "", StringComparison.Ordinal));
        var sources = charts.OfType<string>().Append(_repository).Distinct().Order(StringComparer.Ordinal);
        return Project(platform.Name, "What Orrery and you deliver from one repository", [.. sources]);
    }

    /// <summary>Applications that people write name it; from where they take things is theirs to say.</summary>
    private static Value.Map OfPeople(string name) => Project(name, "Applications of yours", ["*"]);

    private static Value.Map Project(string name, string description, string[] sources) => Manifest.Of(
        ApiVersion,
        "AppProject",
        name,
        Catalog.ArgoCd.Namespace,
        ("spec", Value.MapOf(
            ("clusterResourceWhitelist", Value.ListOf([Value.MapOf(("group", "*"), ("kind", "*"))])),
            ("description", description),
            ("destinations", Value.ListOf([Value.MapOf(("namespace", "*"), ("server", Server))])),
            ("sourceRepos", Manifest.Texts(sources)))))
        // Before the Applications that name it.
        .Annotated(WaveKey, "-1");

    /// <summary>
    /// Delivers whatever stands in the folder, ours and yours. It has no finalizer: deleting it by mistake deletes no
    /// component.
    /// </summary>
    private Value.Map Root() => Manifest.Of(
        ApiVersion,
        "Application",
        platform.Name,
        Catalog.ArgoCd.Namespace,
        ("spec", Value.MapOf(
            ("destination", Destination(Catalog.ArgoCd.Namespace)),
            ("project", platform.Name),
            ("source", Source(Folder)),
            ("syncPolicy", SyncPolicy()))));

    private Value.Map Of(CatalogComponent component, int wave)
    {
        var spec = Value.MapOf(
            ("destination", Destination(component.Namespace)),
            ("project", platform.Name),
            ("syncPolicy", SyncPolicy()));
        spec = component.Chart is { } chart
            ? spec.With("sources", Value.ListOf([ChartSource(component, chart), TreeSource()]))
            : spec.With("source", Source(TreePaths.Overlay(cluster, component.Name)));
        var application = Manifest.Of(
            ApiVersion, "Application", component.Name, Catalog.ArgoCd.Namespace, ("spec", spec));
        var metadata = (Value.Map)application["metadata"];
        // A component that is no longer declared goes with all that it made.
        return application
            .With("metadata", metadata.With("finalizers", Manifest.Texts("resources-finalizer.argocd.argoproj.io")))
            .Annotated(WaveKey, wave.ToString(CultureInfo.InvariantCulture));
    }

    private Value ChartSource(CatalogComponent component, Chart chart) => Value.MapOf(
        ("chart", chart.Name),
        ("helm", Value.MapOf(
            ("releaseName", component.Name),
            ("valueFiles", Manifest.Texts(
                "$tree/" + InRepository(TreePaths.BaseValues(component.Name)),
                "$tree/" + InRepository(TreePaths.ClusterValues(cluster, component.Name)))))),
        // Without a scheme it is a registry: https://argo-cd.readthedocs.io/en/stable/user-guide/helm/.
        ("repoURL", chart.Repository.Replace(Chart.Registry, "", StringComparison.Ordinal)),
        ("targetRevision", chart.Version));

    private Value TreeSource() => Value.MapOf(
        ("ref", "tree"), ("repoURL", _repository), ("targetRevision", platform.Repository.Branch));

    private Value.Map Source(string path) => Value.MapOf(
        ("path", InRepository(path)), ("repoURL", _repository), ("targetRevision", platform.Repository.Branch));

    private string InRepository(string path) => RepositoryAddress.InRepository(platform.Repository, path);

    private static Value.Map Destination(string space) => Value.MapOf(("namespace", space), ("server", Server));

    private static Value.Map SyncPolicy() => Value.MapOf(
        ("automated", Value.MapOf(("prune", true), ("selfHeal", true))),
        ("retry", Value.MapOf(
            ("backoff", Value.MapOf(("duration", "5s"), ("factor", 2), ("maxDuration", "1m"))),
            ("limit", 10))),
        // Custom resources of some charts are too large for the annotation that client-side apply writes.
        ("syncOptions", Manifest.Texts("CreateNamespace=true", "ServerSideApply=true")));
}

/// <summary>Where things stand in the tree.</summary>
internal static class TreePaths
{
    public static string Base(string component) => $"base/{component}";

    public static string Overlay(Cluster cluster, string component) => $"overlays/{cluster.Name}/{component}";

    public static string BaseValues(string component) => Base(component) + "/values.yaml";

    public static string ClusterValues(Cluster cluster, string component) =>
        Overlay(cluster, component) + "/values.yaml";
}
