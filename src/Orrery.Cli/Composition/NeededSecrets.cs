using Orrery.Model.Platforms;

namespace Orrery.Cli.Composition;

/// <summary>The references of a platform whose values are needed to make it, each once, in the order of the clusters.</summary>
internal static class NeededSecrets
{
    public static IEnumerable<SecretReference> Of(Platform platform) =>
        platform.Clusters.Values.SelectMany(cluster => OfInfrastructure(cluster.Infrastructure))
            .Append(platform.Recovery.Identity)
            .Distinct();

    private static IEnumerable<SecretReference> OfInfrastructure(Infrastructure infrastructure) => infrastructure switch
    {
        Infrastructure.Hetzner { SshKey: { } key } hetzner => [hetzner.Token, key.Public],
        Infrastructure.Hetzner hetzner => [hetzner.Token],
        _ => [],
    };
}
