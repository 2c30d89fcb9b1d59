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
        AccessCharts.OfRenovate, AccessCharts.OfTailscale, ArgoCd.Of, ArgoCdImageUpdater.Of, Authentik.Of,
        Authentik.DatabaseOf, AuthentikUsers.Of, BackupCharts.OfVelero, BackupCharts.OfVolsync, CiliumCni.Of,
        ClusterIssuers.Of, ExternalSecrets.Of, Flux.Of, Forges.OfForgejo, Forges.OfGitea, Grafana.Of, Harbor.Of,
        Harbor.DatabaseOf, ImageUpdates.Of, Ingresses.OfArgoCd, Ingresses.OfGrafana, KubePrometheusStack.Of,
        LocalPathProvisioner.Of, Matrix.Of, MetalLb.Of, MonitoringStorage.Of, NodeCharts.OfApprover, NodeCharts.OfNginx,
        NodeCharts.OfSpegel,
        ObservabilityCharts.OfAlloy, ObservabilityCharts.OfLoki, ObservabilityCharts.OfVictoriaMetrics, OpenBao.Of,
        PowerDns.Of, ProxmoxCsi.Of, SealedSecrets.Of, SmallPrograms.OfAdGuard, SmallPrograms.OfRabbitMq,
        SmallPrograms.OfTestApp, SmallPrograms.OfUnbound, StorageCharts.OfLonghorn, StorageCharts.OfNfs, Traefik.Of,
        Traefik.OfTalos, VaultSecrets.Of,
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
