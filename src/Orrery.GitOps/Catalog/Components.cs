using Orrery.GitOps.Catalog.Charts;
using Orrery.GitOps.Catalog.Networks;
using Orrery.GitOps.Catalog.Programs;
using Orrery.GitOps.Ordering;
using Orrery.Model.Platforms;

namespace Orrery.GitOps.Catalog;

/// <summary>All components of the catalog, each in a file of its own.</summary>
public static class Components
{
    private static readonly Func<Setting, CatalogComponent?>[] All =
    [
        ArgoCd.Of, ArgoCdImageUpdater.Of, CiliumCni.Of, ExternalSecrets.Of, Flux.Of, ImageUpdates.Of,
        Ingresses.OfArgoCd, Ingresses.OfGrafana, KubePrometheusStack.Of, LocalPathProvisioner.Of, MetalLb.Of,
        MonitoringStorage.Of, NodeCharts.OfApprover, NodeCharts.OfNginx, ObservabilityCharts.OfAlloy,
        ObservabilityCharts.OfLoki, ObservabilityCharts.OfVictoriaMetrics, OpenBao.Of, PowerDns.Of, SealedSecrets.Of,
        StorageCharts.OfLonghorn, StorageCharts.OfNfs, Traefik.Of, VaultSecrets.Of,
    ];

    /// <summary>
    /// What a cluster gets, in order of the names: what it asks for, and what follows from other fields.
    /// </summary>
    public static IReadOnlyList<CatalogComponent> Of(Platform platform, Cluster cluster)
    {
        var setting = new Setting(platform, cluster);
        CatalogComponent[] secrets = [.. SopsSecrets.Of(setting)];
        CatalogComponent[] components =
        [
            .. All.Select(of => of(setting)).OfType<CatalogComponent>().Concat(PlainCharts.Of(setting))
                .Select(component => SopsSecrets.AfterThose(component, secrets))
                .Concat(secrets),
        ];
        return
        [
            .. components.Concat(Policies.Of(setting, components) is { } policies ? [policies] : [])
                .OrderBy(c => c.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>What Kubernetes itself has from the start.</summary>
    internal static OrderItem Kubernetes { get; } =
        new("kubernetes", [new Capability(CapabilityKind.Namespace, "kube-system")], []);
}
