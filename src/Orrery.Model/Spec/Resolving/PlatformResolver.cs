using System.Security.Cryptography;
using System.Text;
using Orrery.Model.Platforms;
using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Kinds;
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
            Domain = platform.Spec.Find(PlatformKind.Domain),
            Acme = platform.Spec.Find(PlatformKind.Acme) is { } acme ? DeliveryResolver.AcmeOf(acme) : null,
            Recovery = new Recovery(recovery.Get(PlatformKind.Recipients), recovery.Get(PlatformKind.Identity)),
            Users = (platform.Spec.Find(PlatformKind.Users) ?? []).ToValueMap(user => user.Name, user => new User(
                user.Value.Get(PlatformKind.UserEmail), user.Value.Find(PlatformKind.UserGroups) ?? [])),
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
        var network = cluster.Spec.Under(ClusterKind.Network);
        var pools = NodePoolResolver.Resolve(cluster.Spec.Get(ClusterKind.NodePools), network);
        return new Cluster
        {
            Name = cluster.Name,
            Infrastructure = InfrastructureResolver.Resolve(infrastructure),
            Distribution = DistributionResolver.Resolve(cluster.Spec.Get(ClusterKind.Distribution)),
            NodePools = pools.ToValueMap(pool => pool.Name),
            Network = NetworkResolver.Resolve(network),
            NetworkPolicies = NetworkResolver.PoliciesOf(cluster.Spec),
            RebuildStrategy = isBlueGreen ? RebuildStrategy.BlueGreen : RebuildStrategy.InPlace,
            KeepsPrimaryIps = !isBlueGreen,
            Secrets = DeliveryResolver.SecretsOf(cluster.Spec),
            GitOps = DeliveryResolver.GitOpsOf(cluster.Spec),
            Edge = cluster.Spec.Find(ClusterKind.Edge) is { } edge
                ? EdgeResolver.Resolve(
                    edge, NetworkResolver.Resolve(network), declared.Platform?.Spec.Find(PlatformKind.Domain))
                : null,
            Components = DeliveryResolver.ComponentsOf(cluster.Spec),
        };
    }
}
