using Orrery.GitOps.Catalog;
using Orrery.Model.Platforms;

namespace Orrery.Cli.Composition;

/// <summary>A reference whose value is needed, and for what, for people.</summary>
internal sealed record NeededSecret(SecretReference Reference, string Purpose);

/// <summary>The references of a platform whose values are needed to make it, in the order of the clusters.</summary>
internal static class NeededSecrets
{
    public static IEnumerable<NeededSecret> Of(Platform platform) =>
        platform.Clusters.Values.SelectMany(OfCluster).Concat(OfComponents(platform)).Concat(OfRepository(platform))
            .Append(Identity(platform))
            .DistinctBy(needed => needed.Reference);

    public static NeededSecret Identity(Platform platform) =>
        new(platform.Recovery.Identity, "the recovery identity, which opens state and secrets");

    private static IEnumerable<NeededSecret> OfRepository(Platform platform)
    {
        if (platform.Repository.Token is { } token
            && platform.Clusters.Values.Any(cluster => cluster.GitOps is not null))
            yield return new NeededSecret(token, "the token that pushes the rendered tree to the repository");
    }

    private static IEnumerable<NeededSecret> OfComponents(Platform platform) =>
        from cluster in platform.Clusters.Values
        where cluster.GitOps is not null
        from component in Components.Of(platform, cluster)
        from source in component.Secrets.SelectMany(secret => secret.Data.Values).OfType<SecretSource.Given>()
        select new NeededSecret(source.From, $"what {component.Name} of cluster '{cluster.Name}' reads");

    private static IEnumerable<NeededSecret> OfCluster(Cluster cluster)
    {
        if (cluster.Infrastructure is Infrastructure.Proxmox { Token: { } token, Provisioner: null })
            yield return new NeededSecret(token, $"the API token of the Proxmox VE of cluster '{cluster.Name}'");
        if (cluster.Infrastructure is not Infrastructure.Hetzner hetzner)
            yield break;
        yield return new NeededSecret(
            hetzner.Token, $"the token of the Hetzner Cloud project of cluster '{cluster.Name}'");
        if (hetzner.SshKey is { } key)
            yield return new NeededSecret(
                key.Public, $"the public SSH key for the machines of cluster '{cluster.Name}'");
        if (hetzner.SshKey?.Private is { } secret)
            yield return new NeededSecret(
                secret, $"the private SSH key for the machines of cluster '{cluster.Name}'");
    }
}
