using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Kinds;
using Orrery.Model.Spec.Resolving;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Spec.Yaml;

namespace Orrery.Model.Spec.Checks;

/// <summary>A cluster as the checks ask about it. What is malformed or missing is simply not there.</summary>
internal sealed class ClusterView(Document cluster, Declared declared)
{
    public string Name => cluster.Name;

    public Mark NameMark => cluster.NameMark;

    public Declared Declared => declared;

    public Section Spec => cluster.Spec;

    public Section? Hetzner { get; } = declared.InfrastructureOf(cluster)?.Find(InfrastructureFields.Hetzner);

    public Section? Proxmox { get; } = declared.InfrastructureOf(cluster)?.Find(InfrastructureFields.Proxmox);

    public Section? ClusterApi { get; } = declared.InfrastructureOf(cluster)?.Find(InfrastructureFields.ClusterApi);

    public Section? Talos { get; } = cluster.Spec.Under(ClusterKind.Distribution).Find(DistributionFields.Talos);

    public Section Network { get; } = cluster.Spec.Under(ClusterKind.Network);

    public IReadOnlyList<Named<Section>> Pools { get; } = cluster.Spec.Find(ClusterKind.NodePools) ?? [];

    public Section Components { get; } = cluster.Spec.Under(ClusterKind.Components);

    /// <summary>How many nodes the pool has; none where the number is missing or malformed.</summary>
    public static int CountOf(Named<Section> pool) =>
        pool.Value.TryGet(NodePoolFields.Count, out var count) ? count : 0;

    public static bool IsControlPlane(Named<Section> pool) =>
        pool.Value.Find(NodePoolFields.Role) == "control-plane";

    public static IReadOnlyList<Named<Section>> VolumesOf(Named<Section> pool) =>
        pool.Value.Find(NodePoolFields.Volumes) ?? [];
}
