using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.Cli.Secrets;

/// <summary>
/// What stands for a cluster in the declaration's folder and can be read without any identity: its SOPS documents, and
/// the recipient of its newest identity.
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
        if ((!cluster.Secrets.Sops && cluster.Secrets.Vault is null) || !Directory.Exists(folder))
            return cluster;
        var recipient = Path.Combine(folder, "age-recipient.txt");
        return cluster with
        {
            Documents = ValueMap.From(Directory.EnumerateFiles(folder)
                .Where(path => Path.GetFileName(path).Contains(".sops.", StringComparison.Ordinal)
                    && new FileInfo(path).Length <= BytesMax)
                .Select(path => KeyValuePair.Create(Path.GetFileName(path), File.ReadAllText(path)))),
            Recipients = File.Exists(recipient) ? [File.ReadAllText(recipient).Trim()] : [],
        };
    }
}
