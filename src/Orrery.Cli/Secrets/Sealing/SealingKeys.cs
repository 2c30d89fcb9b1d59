using Orrery.Cli.Composition;
using Orrery.Engine.Ports;
using Orrery.Engine.State;
using Orrery.Providers.Keys;
using Orrery.Secrets.SealedSecrets;

namespace Orrery.Cli.Secrets.Sealing;

/// <summary>The Sealed Secrets keys of a declaration's clusters.</summary>
/// <param name="ByCluster">By the cluster's name; several where one was renewed.</param>
internal sealed record SealingKeys(IReadOnlyDictionary<string, IReadOnlyList<SealedSecretsKey>> ByCluster)
{
    /// <summary>Where all that clusters keep secret stands, in the declaration's folder.</summary>
    private const string Folder = "secrets";

    private const string CertificateName = "sealed-secrets.pem";

    /// <summary>A key is renewed once a month at most, and for no more than some years.</summary>
    private const int GenerationsMax = 256;

    public IEnumerable<SealedSecretsKey> All => ByCluster.Values.SelectMany(keys => keys);

    /// <summary>The newest key of the cluster that a key belongs to.</summary>
    public SealedSecretsKey NewestBeside(SealedSecretsKey key) =>
        SealedSecretsKey.Newest(ByCluster.Values.First(keys => keys.Contains(key)));

    /// <summary>The certificate to seal with: by file, or that of a cluster.</summary>
    /// <param name="declaration">The declaration's folder.</param>
    public static SealingCertificate Certificate(Host host, string? file, string declaration, string? cluster)
    {
        var shown = file ?? CertificateOf(host, declaration, cluster);
        var path = host.FullPath(shown);
        if (!File.Exists(path))
            throw new SecretRefusal(SealCodes.NoCertificate.At(null, $"There is no file '{shown}'."), ExitCode.Invalid);
        SealingCertificate certificate;
        try
        {
            certificate = SealingCertificate.Read(File.ReadAllText(path));
        }
        catch (SealedSecretException exception)
        {
            throw new SecretRefusal(SealCodes.BadCertificate.At(null, $"'{shown}': {exception.Message}."));
        }

        return certificate.NotAfter > host.Time.GetUtcNow()
            ? certificate
            : throw new SecretRefusal(
                SealCodes.BadCertificate.At(null, $"'{shown}' has expired at {certificate.NotAfter:yyyy-MM-dd}."));
    }

    /// <summary>Opens all keys that the clusters of a declaration have.</summary>
    public static async Task<SealingKeys> OpenAsync(Host host, string declaration, CancellationToken cancellation)
    {
        var folder = host.FullPath(declaration);
        var identities = SopsIdentities.Find(host);
        if (identities.Identities.Count == 0)
            throw Refused($"There is no identity{string.Concat(identities.Problems.Select(why => $"; {why}"))}.");
        using var files = new LocalStateFiles(folder, host.Time);
        var reader = new KeysProvider(new KeysEnvironment
        {
            Time = host.Time,
            Maker = host.Keys,
            Files = files,
            Guard = NoWriter.Instance,
            Recipients = [.. identities.Identities.Select(identity => identity.Recipient)],
            Identities = () => identities.Identities,
        }).Handlers;
        var found = new Dictionary<string, IReadOnlyList<SealedSecretsKey>>(StringComparer.Ordinal);
        foreach (var cluster in Clusters(folder))
        {
            if (await ReadAsync(reader, cluster, cancellation) is { Count: > 0 } keys)
                found[cluster] = keys;
        }

        return found.Count > 0
            ? new SealingKeys(found)
            : throw Refused($"'{declaration}' has no key of Sealed Secrets for any cluster.");
    }

    private static async Task<IReadOnlyList<SealedSecretsKey>> ReadAsync(
        IReadOnlyList<IResourceHandler> handlers, string cluster, CancellationToken cancellation)
    {
        var address = KeysGraph.SealedSecretsKey(cluster);
        var handler = handlers.Single(handler => handler.Kind.Type == address.Type);
        var keys = new List<SealedSecretsKey>();
        try
        {
            for (var generation = 1; generation <= GenerationsMax; generation++)
            {
                var file = KeysGraph.FileOf(address, generation);
                if (await handler.ReadAsync(file, cancellation) is not { } kept)
                    break;
                keys.Add(SealedSecretsKey.Read(
                    kept.Outputs["certificate"].AsText() ?? "", kept.Outputs["key"].AsText() ?? ""));
            }
        }
        catch (Exception exception) when (exception is ProviderException or SealedSecretException)
        {
            throw Refused($"{exception.Message.TrimEnd('.')}.");
        }

        return keys;
    }

    private static IEnumerable<string> Clusters(string declaration)
    {
        var folder = Path.Combine(declaration, Folder);
        return Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal)
            : [];
    }

    private static string CertificateOf(Host host, string declaration, string? cluster)
    {
        var folder = host.FullPath(declaration);
        string PathOf(string name) => Path.Combine(declaration, Folder, name, CertificateName);
        var clusters = cluster is not null
            ? [cluster]
            : Clusters(folder).Where(name => File.Exists(Path.Combine(folder, Folder, name, CertificateName)))
                .ToArray();
        return clusters switch
        {
            [var only] => PathOf(only),
            [] => throw new SecretRefusal(
                SealCodes.NoCertificate.At(
                    null, $"There is no '{PathOf("CLUSTER")}'.",
                    ["name the declaration's folder with --declaration, or a certificate with --cert"]),
                ExitCode.Invalid),
            _ => throw new SecretRefusal(
                SealCodes.NoCertificate.At(
                    null, $"'{declaration}' has several clusters.",
                    [$"say for which: --cluster {string.Join('|', clusters)}"]),
                ExitCode.Invalid),
        };
    }

    private static SecretRefusal Refused(string what) => new(SealCodes.NoKeys.At(null, what));
}
