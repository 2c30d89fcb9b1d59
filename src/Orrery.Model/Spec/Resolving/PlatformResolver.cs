using System.Security.Cryptography;
using System.Text;
using Orrery.Model.Platforms;
using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Kinds;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Resolving;

/// <summary>Makes the platform of a declaration without errors.</summary>
internal static class PlatformResolver
{
    public static Platform? Resolve(Declared declared)
    {
        if (declared.Platform is not { } platform)
            return null;
        var recovery = platform.Spec.Get(PlatformKind.Recovery);
        return new Platform
        {
            Name = platform.Name,
            Id = IdOf(platform),
            Repository = DeliveryResolver.RepositoryOf(platform.Spec.Get(PlatformKind.Repository)),
            Acme = platform.Spec.Find(PlatformKind.Acme) is { } acme ? DeliveryResolver.AcmeOf(acme) : null,
            Recovery = new Recovery(recovery.Get(PlatformKind.Recipients), recovery.Get(PlatformKind.Identity)),
            Clusters = declared.Clusters.Select(cluster => ClusterOf(cluster, declared)).ToValueMap(c => c.Name),
        };
    }

    /// <summary>
    /// The same in every checkout, and another for another repository or folder: two platforms that happen to have one
    /// name do not take each other's machines for their own.
    /// </summary>
    public static string IdOf(Document platform)
    {
        if (platform.Spec.TryGet(PlatformKind.Id, out var id))
            return id;
        var repository = platform.Spec.Under(PlatformKind.Repository);
        repository.TryGet(RepositoryFields.Url, out var url);
        repository.TryGet(RepositoryFields.Path, out var path);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{url}\n{path}"));
        return $"{platform.Name}-{Convert.ToHexStringLower(hash.AsSpan(0, 4))}";
    }

    private static Cluster ClusterOf(Document cluster, Declared declared)
    {
        var infrastructure = declared.InfrastructureOf(cluster);
        Invariant.Check(infrastructure is not null, $"the cluster '{cluster.Name}' has no infrastructure");
        var isBlueGreen = cluster.Spec.Under(ClusterKind.Rebuild).Get(ClusterKind.Strategy) == "blue-green";
        return new Cluster
        {
            Name = cluster.Name,
            Infrastructure = InfrastructureResolver.Resolve(infrastructure),
            Distribution = DistributionOf(cluster.Spec.Get(ClusterKind.Distribution)),
            NodePools = cluster.Spec.Get(ClusterKind.NodePools).Select(PoolOf).ToValueMap(pool => pool.Name),
            RebuildStrategy = isBlueGreen ? RebuildStrategy.BlueGreen : RebuildStrategy.InPlace,
            KeepsPrimaryIps = !isBlueGreen,
            Secrets = DeliveryResolver.SecretsOf(cluster.Spec),
            GitOps = DeliveryResolver.GitOpsOf(cluster.Spec),
            Components = DeliveryResolver.ComponentsOf(cluster.Spec),
        };
    }

    private static Distribution DistributionOf(Section choice) =>
        new Distribution.K3s(choice.Get(DistributionFields.K3s).Get(DistributionFields.K3sVersion));

    private static NodePool PoolOf(Named<Section> pool)
    {
        var spec = pool.Value;
        var alternatives = spec.Under(NodePoolFields.Alternatives).Find(NodePoolFields.AlternativeTypes) ?? [];
        var floating = spec.Find(NodePoolFields.FloatingIp);
        return new NodePool
        {
            Name = pool.Name,
            Role = spec.Get(NodePoolFields.Role) == "control-plane" ? NodeRole.ControlPlane : NodeRole.Worker,
            Count = spec.Get(NodePoolFields.Count),
            Types = [spec.Get(NodePoolFields.Type), .. alternatives],
            Image = spec.Get(NodePoolFields.Image),
            PrimaryIp = spec.Get(NodePoolFields.PrimaryIp),
            FloatingIp = floating is null ? null : FloatingIpOf(floating),
            Volumes = (spec.Find(NodePoolFields.Volumes) ?? []).Select(VolumeOf).ToValueMap(volume => volume.Name),
        };
    }

    private static FloatingIp FloatingIpOf(Section spec) =>
        new(spec.TryGet(NodePoolFields.Adopt, out var address) ? address.ToString() : null);

    private static Volume VolumeOf(Named<Section> volume) => new(
        volume.Name,
        volume.Value.Get(NodePoolFields.VolumeSize),
        MountPathOf(volume),
        volume.Value.Get(NodePoolFields.Retain));

    /// <summary>Where the volume is mounted when the declaration does not say.</summary>
    public static string MountPathOf(Named<Section> volume) =>
        volume.Value.Find(NodePoolFields.MountPath) ?? $"/var/mnt/{volume.Name}";
}
