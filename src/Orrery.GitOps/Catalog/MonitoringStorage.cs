using Orrery.GitOps.K3s;
using Orrery.GitOps.Manifests;
using Orrery.GitOps.Ordering;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog;

/// <summary>Folders of the node, as volumes in which the monitoring keeps its data over rebuilds.</summary>
internal static class MonitoringStorage
{
    // The charts' own users: prometheus-operator's pods run as 1000:2000 (prometheusSpec.securityContext of
    // kube-prometheus-stack), Grafana as 472:472 (securityContext of the grafana chart).
    private const int OperatorUser = 1000;
    private const int OperatorGroup = 2000;
    private const int GrafanaUser = 472;

    private static readonly (string Name, string Size, int User, int Group)[] Kept =
    [
        ("alertmanager", "2Gi", OperatorUser, OperatorGroup),
        ("grafana", "2Gi", GrafanaUser, GrafanaUser),
        ("prometheus", "20Gi", OperatorUser, OperatorGroup),
    ];

    public static CatalogComponent? Of(Setting setting)
    {
        var volumes = VolumesOf(setting);
        if (volumes.Count == 0)
            return null;
        var space = KubePrometheusStack.NamespaceIn(setting);
        var objects = volumes.ToValueMap(volume => volume.Name + "-volume.yaml", volume => volume.Volume());
        if (Find(setting, "grafana") is { } grafana)
            objects = objects.With("grafana-claim.yaml", grafana.Claim(space));
        return new CatalogComponent
        {
            Name = "monitoring-storage",
            Namespace = space,
            By = DeliveredBy.GitOps,
            Objects = objects,
            Provides = volumes.Select(volume => Provided(volume.Name)).ToValueList(),
        };
    }

    public static Capability Provided(string name, string why = "") =>
        new(CapabilityKind.Storage, $"{StaticVolume.ClassName}/{name}", why);

    public static StaticVolume? Find(Setting setting, string name) =>
        VolumesOf(setting).FirstOrDefault(volume => volume.Name == name);

    /// <summary>
    /// The operator mounts a folder within the volume, which the kubelet would make as root where it is missing: the
    /// pods could not write to it.
    /// </summary>
    public static IEnumerable<MachinePath> PathsOf(Setting setting) => VolumesOf(setting).SelectMany(
        volume => volume.Name == "grafana"
            ? (IEnumerable<string>)[volume.Path]
            : [volume.Path, $"{volume.Path.TrimEnd('/')}/{volume.Name}-db"],
        (volume, path) => MachinePath.Directory(path, volume.Owner, volume.Group, MachinePath.OwnerAndGroup));

    public static IReadOnlyList<StaticVolume> VolumesOf(Setting setting)
    {
        if (setting.Component("kube-prometheus-stack") is not { } monitoring)
            return [];
        return
        [
            .. from kept in Kept
               let path = monitoring.Text("persistence", kept.Name)
               where path is not null
               select new StaticVolume(kept.Name, path, kept.Size, kept.User, kept.Group),
        ];
    }
}
