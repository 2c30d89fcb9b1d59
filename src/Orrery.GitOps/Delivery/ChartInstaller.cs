using Orrery.GitOps.Catalog;
using Orrery.GitOps.Catalog.Networks;
using Orrery.GitOps.Manifests;
using Orrery.Model.Documents;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Delivery;

/// <summary>
/// How a chart comes into a cluster that has no GitOps engine yet, without a Helm program on this machine: as objects
/// for its API, by what its distribution has.
/// </summary>
internal static class ChartInstaller
{
    /// <summary>In the order in which they are applied.</summary>
    public static IEnumerable<Value.Map> Of(Distribution distribution, CatalogComponent component)
    {
        var chart = component.Chart
            ?? throw new InvariantException($"the component '{component.Name}' is bootstrapped without a chart");
        return distribution switch
        {
            Distribution.K3s => [HelmChart(component, chart)],
            Distribution.Talos => HelmJob.Of(component, chart, (KubePrism.Host, KubePrism.Port)),
            _ => throw new InvariantException($"nothing installs charts in a cluster of {distribution.GetType().Name}"),
        };
    }

    /// <summary>https://docs.k3s.io/add-ons/helm: K3s installs it, pinned.</summary>
    private static Value.Map HelmChart(CatalogComponent component, Chart chart) => Manifest.Of(
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
