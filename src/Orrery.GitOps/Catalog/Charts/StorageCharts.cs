using Orrery.GitOps.Ordering;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog.Charts;

/// <summary>Components that keep what pods write.</summary>
internal static class StorageCharts
{
    /// <summary>What a claim gets that names no class.</summary>
    public const string DefaultClass = "default";

    /// <summary>Those that require what <see cref="ClaimsOf"/> says.</summary>
    public static readonly string[] Claiming =
    [
        "adguard-home", "authentik-database", "forgejo", "gitea", "grafana", "harbor", "harbor-database", "loki",
        "matrix", "openbao", "powerdns", "rabbitmq", "victoria-metrics",
    ];

    /// <summary>Components whose class is the default one.</summary>
    public static readonly string[] Declared = ["longhorn", "nfs-subdir-external-provisioner"];

    private static readonly Chart Longhorn = new("https://charts.longhorn.io", "longhorn", "1.12.1");

    private static readonly Chart Nfs = new(
        "https://kubernetes-sigs.github.io/nfs-subdir-external-provisioner", "nfs-subdir-external-provisioner",
        "4.0.18");

    /// <summary>
    /// Components keep data there, and no storage is declared: K3s brings one of its own, Talos brings none.
    /// </summary>
    public static bool NeedsLocal(Cluster cluster) =>
        cluster is { Distribution: Distribution.Talos, GitOps: not null }
        && !Declared.Any(cluster.Components.ContainsKey) && !ProxmoxCsi.Has(cluster)
        && (VaultAccess.Has(cluster)
            || Claiming.Any(name => cluster.Components.ContainsKey(name.Replace("-database", ""))));

    /// <summary>What a component with claims requires.</summary>
    public static ValueList<Capability> ClaimsOf(Setting setting) =>
        Declared.Any(name => setting.Component(name) is not null) || ProxmoxCsi.Has(setting.Cluster)
        || NeedsLocal(setting.Cluster)
            ? [new Capability(CapabilityKind.Storage, DefaultClass, "its claim is pending without it")]
            : [];

    /// <summary>Replicated volumes on disks of the nodes: https://longhorn.io/docs/.</summary>
    public static CatalogComponent? OfLonghorn(Setting setting)
    {
        if (setting.Component("longhorn") is not { } component)
            return null;
        var disk = setting.Cluster.NodePools.Values.SelectMany(pool => pool.Volumes.Values)
            .FirstOrDefault(volume => volume.Name == "longhorn");
        var replicas = component.Option("replicas")?.AsNumber() ?? 3;
        var settings = Value.MapOf(
        [
            ("defaultReplicaCount", replicas),
            .. disk is null ? [] : ((string, Value)[])[("defaultDataPath", disk.MountPath)],
        ]);
        return component.AsChart("longhorn-system", Longhorn, Value.MapOf(
            ("defaultSettings", settings),
            ("persistence", Value.MapOf(("defaultClassReplicaCount", replicas))))) with
        {
            // It mounts volumes for everybody else.
            IsPrivileged = true,
            BaseValues = Value.MapOf(
                // It cannot find out where nothing but kubelet's own folder can be read.
                ("csi", Value.MapOf(("kubeletRootDir", "/var/lib/kubelet"))),
                // A hook of Helm, which an engine would wait for in vain before the first installation.
                ("preUpgradeChecker", Value.MapOf(("jobEnabled", false)))),
            Provides =
            [
                new Capability(CapabilityKind.Crd, "volumes.longhorn.io"),
                new Capability(CapabilityKind.Storage, DefaultClass),
            ],
        };
    }

    /// <summary>
    /// Folders of an NFS server, named by namespace and claim, and never deleted: a cluster that is rebuilt finds what
    /// its claims held. https://github.com/kubernetes-sigs/nfs-subdir-external-provisioner
    /// </summary>
    public static CatalogComponent? OfNfs(Setting setting) =>
        setting.Component("nfs-subdir-external-provisioner") is not { } component
            ? null
            : component.AsChart("nfs-provisioner", Nfs, Value.MapOf(
                ("nfs", Value.MapOf(
                    ("path", component.Option("path") ?? Value.Null.Instance),
                    ("server", component.Option("server") ?? Value.Null.Instance))))) with
            {
                // Its pod has the whole export, and volumes of NFS are none that baseline allows.
                IsPrivileged = true,
                BaseValues = Value.MapOf(
                    ("storageClass", Value.MapOf(
                        ("archiveOnDelete", false),
                        ("defaultClass", true),
                        ("name", "nfs"),
                        ("onDelete", "retain"),
                        ("pathPattern", "${.PVC.namespace}/${.PVC.name}")))),
                Provides = [new Capability(CapabilityKind.Storage, DefaultClass)],
            };
}
