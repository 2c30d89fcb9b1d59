using Orrery.Model.Platforms;
using Orrery.Secrets.Ssh;
using Orrery.Simulation.GitHub;
using Orrery.Simulation.Hetzner;
using Orrery.Simulation.Sites;

namespace Orrery.Rehearsal.Stages;

/// <summary>What a platform finds outside before it acts: accounts that know its tokens, and what it adopts.</summary>
public static class PlatformSite
{
    /// <summary>Makes up what is not set: a token for each account and a key pair for the machines.</summary>
    public static void Furnish(Platform platform, ThrowAwaySecrets secrets, ulong seed = 1)
    {
        foreach (var settings in Clouds(platform))
        {
            secrets.Token(settings.Token);
            if (settings.SshKey is not { } key || secrets.Has(key.Public))
                continue;
            var pair = SshKeyPair.Generate(new KeyPool(seed).For("admin").Fill, "");
            secrets.Publish(key.Public, pair.PublicKey);
            if (key.Private is { } secret)
                secrets.Plant(secret, pair.ExportPrivateKey(), SecretPlaces.Agent);
        }

        if (platform.Repository.Token is { } token)
            secrets.Token(token, SecretPlaces.GitHost | SecretPlaces.Clusters);
    }

    /// <summary>The outside world of a platform whose secrets are filled in.</summary>
    /// <param name="epoch">The wall clock when it begins.</param>
    public static SiteOptions Of(Platform platform, ThrowAwaySecrets secrets, ulong seed, DateTimeOffset epoch) => new()
    {
        Seed = seed,
        Epoch = epoch,
        Hetzner = new HetznerWorldOptions
        {
            Token = Clouds(platform).Select(settings => secrets.Token(settings.Token)).FirstOrDefault() ?? "",
            FloatingIps =
            [
                .. platform.Clusters.Values.SelectMany(cluster => cluster.NodePools.Values)
                    .Select(pool => pool.FloatingIp?.Adopt).OfType<string>().Distinct().Order(StringComparer.Ordinal)
                    .Select((address, index) =>
                        new PresetFloatingIp { Name = $"adopted-{index + 1}", Address = address }),
            ],
        },
        GitHub = GitHub(platform, secrets, epoch),
    };

    private static IEnumerable<Infrastructure.Hetzner> Clouds(Platform platform) =>
        platform.Clusters.Values.Select(cluster => cluster.Infrastructure).OfType<Infrastructure.Hetzner>();

    /// <summary>The repository of the declaration, with the token that may push to it.</summary>
    private static GitHubWorldOptions GitHub(Platform platform, ThrowAwaySecrets secrets, DateTimeOffset epoch) =>
        Uri.TryCreate(platform.Repository.Url, UriKind.Absolute, out var url) && url.Host == GitHubWorld.Host
        && url.AbsolutePath.Trim('/').Split('/') is [var owner, var name]
            ? new GitHubWorldOptions
            {
                Epoch = epoch,
                Users =
                [
                    new GitHubUser(owner)
                    {
                        Tokens = platform.Repository.Token is { } token ? [new GitHubToken(secrets.Token(token))] : [],
                    },
                ],
                Repositories = [new GitHubRepository(owner, name)],
            }
            : new GitHubWorldOptions { Epoch = epoch };
}
