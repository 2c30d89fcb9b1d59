using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.Keys;

namespace Orrery.Cli.Secrets;

/// <summary>
/// What stands for a cluster in the declaration's folder and can be read without any identity: its SOPS documents, the
/// recipient of its newest identity, and how often its keys were made.
/// </summary>
internal static class DocumentFolder
{
    private const int BytesMax = 4 * 1024 * 1024;

    /// <summary>The platform with the documents of its clusters, as far as they can be read.</summary>
    public static Platform Complete(Platform platform, string folder) => platform with
    {
        Clusters = platform.Clusters.Map((name, cluster) => Complete(cluster, Path.Combine(folder, "secrets", name))),
    };

    private static Cluster Complete(Cluster cluster, string folder)
    {
        if (!Directory.Exists(folder))
            return cluster;
        var recipient = Path.Combine(folder, "age-recipient.txt");
        var complete = cluster with { KeyGenerations = GenerationsIn(cluster.Name, Path.Combine(folder, "keys")) };
        return !cluster.Secrets.Sops && cluster.Secrets.Vault is null ? complete : complete with
        {
            Documents = ValueMap.From(Directory.EnumerateFiles(folder)
                .Where(path => Path.GetFileName(path).Contains(".sops.", StringComparison.Ordinal)
                    && new FileInfo(path).Length <= BytesMax)
                .Select(path => KeyValuePair.Create(Path.GetFileName(path), File.ReadAllText(path)))),
            Recipients = File.Exists(recipient) ? [File.ReadAllText(recipient).Trim()] : [],
        };
    }

    private static ValueMap<int> GenerationsIn(string cluster, string folder) => !Directory.Exists(folder)
        ? ValueMap<int>.Empty
        : ValueMap.From(KeyPath.Generations(Directory.EnumerateFiles(folder).Select(
            path => $"{KeyPath.FolderOf(cluster)}/{Path.GetFileName(path)}")));
}
