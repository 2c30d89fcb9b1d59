using Orrery.GitOps.Catalog;
using Orrery.GitOps.Manifests;
using Orrery.Model.Documents;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Delivery;

/// <summary>
/// The public objects of the hand-off, applied through the API in this order: the namespaces; then the secrets
/// (<see cref="BootstrapSecrets"/>); then the engine; then, once <see cref="RootNeeds"/> exist, the root. From there on
/// the engine delivers.
/// </summary>
public sealed record Bootstrap
{
    /// <summary>
    /// The kinds of all that is applied, as <c>Kind</c> or <c>Kind.group</c>. It only grows: what an older version has
    /// applied must still be found.
    /// </summary>
    public static ValueList<string> Kinds { get; } =
    [
        "Namespace", "Secret", "HelmChart.helm.cattle.io", "AppProject.argoproj.io", "Application.argoproj.io",
        "ServiceAccount",
    ];

    /// <summary>Those that a secret needs before the engine makes them.</summary>
    public required ValueList<Value.Map> Namespaces { get; init; }

    /// <summary>Whom we are to what runs in the cluster, beside its administrator: our account at the Vault.</summary>
    public required ValueList<Value.Map> Accounts { get; init; }

    /// <summary>Argo CD, as a HelmChart that K3s installs.</summary>
    public required ValueList<Value.Map> Engine { get; init; }

    /// <summary>Custom resources, as <c>plural.group</c>, that the engine brings and the root is made of.</summary>
    public required ValueList<string> RootNeeds { get; init; }

    /// <summary>The project, then the root Application.</summary>
    public required ValueList<Value.Map> Root { get; init; }

    /// <summary>Where <see cref="BootstrapSecrets.GrafanaAdmin"/> belongs; null where there is no Grafana.</summary>
    public required string? GrafanaNamespace { get; init; }

    /// <summary>Every Application that must become healthy, the root's among them, in ordinal order.</summary>
    public required ValueList<string> Applications { get; init; }

    /// <summary>Null where the cluster has no GitOps engine.</summary>
    public static Bootstrap? Of(Platform platform, Cluster cluster)
    {
        if (cluster.GitOps is not GitOpsEngine.ArgoCd engine)
            return null;
        var components = Components.Of(platform, cluster);
        var applications = new Applications(platform, cluster, engine);
        var charts = components.Where(component => component.By == DeliveredBy.Bootstrap).ToList();
        var delivered = components.Where(component => component.By == DeliveredBy.GitOps).ToList();
        // People's own namespaces are theirs: Argo CD makes what is missing, and nobody deletes it.
        var spaces = charts.Concat(delivered).Where(component => component.Files.Count == 0)
            .Select(component => component.Namespace);
        return new Bootstrap
        {
            Namespaces = spaces.Where(space => space != "kube-system").Distinct().Order(StringComparer.Ordinal)
                .Select(space => Manifest.Of("v1", "Namespace", space, null)).ToValueList(),
            Accounts = VaultAccess.Has(cluster)
                ? [Manifest.Of("v1", "ServiceAccount", VaultAccess.Orrery, VaultAccess.Server)]
                : [],
            Engine = charts.Select(HelmChart).ToValueList(),
            GrafanaNamespace = delivered.Find(component => component.Name == KubePrometheusStack.Name)?.Namespace,
            RootNeeds = ["applications.argoproj.io", "appprojects.argoproj.io"],
            Root = [applications.Project(components), applications.Root()],
            Applications = delivered.Select(component => component.Name).Append(platform.Name)
                .Order(StringComparer.Ordinal).ToValueList(),
        };
    }

    /// <summary>https://docs.k3s.io/add-ons/helm: charts without a Helm program, pinned.</summary>
    private static Value.Map HelmChart(CatalogComponent component)
    {
        var chart = component.Chart
            ?? throw new InvariantException($"the component '{component.Name}' is bootstrapped without a chart");
        return Manifest.Of(
            "helm.cattle.io/v1",
            "HelmChart",
            component.Name,
            "kube-system",
            ("spec", Value.MapOf(
                ("chart", chart.Name),
                ("repo", chart.Repository),
                ("targetNamespace", component.Namespace),
                ("valuesContent", YamlText.Write(Manifest.Over(component.BaseValues, component.ClusterValues))),
                ("version", chart.Version))));
    }
}
