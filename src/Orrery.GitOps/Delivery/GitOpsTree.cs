using Orrery.GitOps.Catalog;
using Orrery.GitOps.Manifests;
using Orrery.GitOps.Ordering;
using Orrery.GitOps.Trees;
using Orrery.Model.Diagnostics;
using Orrery.Model.Documents;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Delivery;

/// <summary>Renders what the GitOps engine of a cluster follows.</summary>
public static class GitOpsTree
{
    /// <summary>Stands above every rendered file.</summary>
    public const string Header = "# Rendered by Orrery from the declaration; change that, not this.\n";

    /// <summary>
    /// The files of all clusters that have an engine, by their path below the repository's <c>path</c>: for Argo CD
    /// <c>argocd/apps</c>, <c>base</c> and <c>overlays</c>, for Flux <c>clusters</c> and <c>overlays</c>.
    /// </summary>
    public static Diagnosed<RenderedTree> Of(Platform platform)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        var orders = new Dictionary<string, Order>(StringComparer.Ordinal);
        var problems = new List<Diagnostic>();
        foreach (var cluster in platform.Clusters.Values)
        {
            if (Deliveries.Of(platform, cluster) is not { } delivery)
                continue;
            problems.AddRange(SecretDocuments.ProblemsOf(cluster));
            var components = Components.Of(platform, cluster);
            var order = OrderOf(components, delivery);
            problems.AddRange(order.Diagnostics);
            if (order.Value is null)
                continue;
            orders.Add(cluster.Name, order.Value);
            foreach (var (path, document) in delivery.Documents(components, order.Value))
                Add(files, path, document);
            foreach (var component in components.Where(component => component.IsInTree))
                AddSources(files, cluster, component, delivery);
        }

        if (orders.Count == 0 && problems.Count == 0)
            problems.Add(GitOpsCodes.NoGitOps.At(null, ""));
        return new Diagnosed<RenderedTree>(
            problems.Count > 0 ? null : new RenderedTree(ValueMap.From(files), ValueMap.From(orders)),
            problems.ToValueList());
    }

    /// <summary>The order of what the engine delivers; what is there before it counts as given.</summary>
    private static Diagnosed<Order> OrderOf(IReadOnlyList<CatalogComponent> components, IDelivery delivery) =>
        OrderCompiler.Compile(
            [.. components.Where(c => c.IsInTree).Select(component => component.OrderItem)],
            [Components.Kubernetes, .. components.Where(c => !c.IsInTree).Select(c => c.OrderItem)],
            delivery.WaitsFor);

    private static void AddSources(
        Dictionary<string, string> files, Cluster cluster, CatalogComponent component, IDelivery delivery)
    {
        if (component.Chart is { } chart)
        {
            foreach (var (path, document) in delivery.ChartDocuments(component, chart))
                Add(files, path, document);
            return;
        }

        var overlay = TreePaths.Overlay(cluster, component.Name);
        foreach (var (name, text) in component.Files)
            files[$"{overlay}/{name}"] = text;
        if (component.Files.Count > 0)
            return;
        foreach (var (name, manifest) in component.Objects)
            Add(files, $"{overlay}/{name}", manifest);
        Add(files, $"{overlay}/kustomization.yaml", Value.MapOf(
            ("apiVersion", "kustomize.config.k8s.io/v1beta1"),
            ("kind", "Kustomization"),
            ("resources", Manifest.Texts([.. component.Objects.Keys]))));
    }

    private static void Add(Dictionary<string, string> files, string path, Value.Map document) =>
        // What clusters share is the same for each of them.
        files[path] = Header + YamlText.Write(document);
}
