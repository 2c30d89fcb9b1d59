using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog.Charts;

/// <summary>Grafana alone, without what kube-prometheus-stack brings: https://grafana.com/docs/grafana/.</summary>
internal static class Grafana
{
    private static readonly Chart Chart = new(
        "https://grafana-community.github.io/helm-charts", "grafana", "12.11.1");

    /// <summary>Its first user, as a chart takes it; the chart's own password is known to everybody.</summary>
    public static Value.Map Administrator { get; } = Value.MapOf(
        ("existingSecret", KubePrometheusStack.Administrator.Name), ("passwordKey", "password"), ("userKey", "user"));

    public static CatalogComponent? Of(Setting setting)
    {
        if (setting.Component("grafana") is not { } component)
            return null;
        var web = Web.Of(setting, "grafana");
        return component.AsChart("grafana", Chart, web is null ? null : Value.MapOf(
            ("ingress", web.Values("ingressClassName", web.Host)))) with
        {
            BaseValues = Value.MapOf(
                ("admin", Administrator),
                // Two of them would share one database file.
                ("deploymentStrategy", Value.MapOf(("type", "Recreate"))),
                // The volume is its group's; the chart's own way needs root.
                ("initChownData", Value.MapOf(("enabled", false))),
                ("persistence", Value.MapOf(("enabled", true), ("size", "2Gi")))),
            Secrets = [KubePrometheusStack.Administrator],
            Requires = [.. StorageCharts.ClaimsOf(setting), .. Web.Needs(web)],
        };
    }
}
