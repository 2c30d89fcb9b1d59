using System.Globalization;
using Orrery.Model.Platforms;
using Orrery.Providers.Dns;
using Orrery.Secrets.Ssh;
using Orrery.Simulation.GitHub;
using Orrery.Simulation.Hetzner;
using Orrery.Simulation.Proxmox;
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

        foreach (var token in Hypervisors(platform).Select(settings => settings.Token).OfType<SecretReference>())
        {
            if (!secrets.Has(token))
                secrets.Plant(token, $"root@pam!orrery={SecretOf(seed)}", SecretPlaces.Cloud);
        }

        var hasBootstrap = Hypervisors(platform).Any(settings => settings.Bootstrap is not null);
        if ((hasBootstrap || Edges(platform).Any()) && !secrets.Has(Administrator))
            secrets.Publish(Administrator, SshKeyPair.Generate(new KeyPool(seed).For("root").Fill, "").PublicKey);
        if (platform.Repository.Token is { } push)
            secrets.Token(push, SecretPlaces.GitHost | SecretPlaces.Clusters);
    }

    /// <summary>The public key with which people log into their own hosts, from their own agent.</summary>
    internal static SecretReference Administrator { get; } = new SecretReference.Env("ORRERY_REHEARSAL_ADMINISTRATOR");

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
        Proxmox = Hypervisors(platform).FirstOrDefault() is { } settings ? Proxmox(platform, settings, secrets) : null,
        ProxmoxHosts =
        [
            .. Hypervisors(platform).Select(settings => new Uri(settings.Endpoint).Host)
                .Concat(Hypervisors(platform).Select(settings => settings.Bootstrap?.Split('@')[^1]).OfType<string>())
                .Distinct().Order(StringComparer.Ordinal),
        ],
        EdgeHosts =
        [
            .. Edges(platform).SelectMany(edge => new[] { edge.Ssh, edge.Tailnet?.Ssh }).OfType<string>()
                .Select(target => target.Split('@')[^1]).Distinct().Order(StringComparer.Ordinal),
        ],
        EdgeAdministrators = secrets.Has(Administrator) ? [secrets.Find(Administrator)] : [],
        HeadscaleUrl = Edges(platform).Select(edge => edge.Tailnet?.Url).OfType<string>().FirstOrDefault() ?? "",
        Reservations = string.Concat(platform.Clusters.Values.Select(DnsmasqReservations.Of)),
        ProxmoxAdministrators = secrets.Has(Administrator) ? [secrets.Find(Administrator)] : [],
    };

    private static IEnumerable<ClusterEdge> Edges(Platform platform) =>
        platform.Clusters.Values.Select(cluster => cluster.Edge).OfType<ClusterEdge>();

    private static IEnumerable<Infrastructure.Proxmox> Hypervisors(Platform platform) =>
        platform.Clusters.Values.Select(cluster => cluster.Infrastructure).OfType<Infrastructure.Proxmox>();

    private static string SecretOf(ulong seed) => string.Create(
        CultureInfo.InvariantCulture, $"{(uint)seed:x8}-1111-4111-8111-111111111111");

    /// <summary>One installation with all hosts and storages that the clusters name, and room for them.</summary>
    private static ProxmoxWorldOptions Proxmox(
        Platform platform, Infrastructure.Proxmox settings, ThrowAwaySecrets secrets) => new()
        {
            RootToken = settings.Token is { } token ? secrets.Find(token) : new ProxmoxWorldOptions().RootToken,
            Nodes =
            [
                .. Hypervisors(platform).SelectMany(each => each.Hosts).Distinct().Order(StringComparer.Ordinal)
                    .Select(host => new SimulatedNode(host)),
            ],
            Storages =
            [
                .. Hypervisors(platform).Select(each => each.Images).Distinct().Order(StringComparer.Ordinal)
                    .Select(name => new SimulatedStorage(
                        name, "dir", ["import", "iso", "vztmpl", "backup"], 400L << 30)),
                .. Hypervisors(platform).Select(each => each.Disks).Distinct().Order(StringComparer.Ordinal)
                    .Select(name => new SimulatedStorage(
                        name, name.Contains("zfs", StringComparison.Ordinal) ? "zfspool" : "lvmthin",
                        ["images", "rootdir"], 1600L << 30)),
            ],
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
