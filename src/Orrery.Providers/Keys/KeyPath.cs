using System.Globalization;

namespace Orrery.Providers.Keys;

/// <summary>Where the file of a key is, in the declaration's folder.</summary>
/// <param name="Key">For example <c>deploy-key</c>.</param>
/// <param name="Generation">1 at first; later ones have their number in their name.</param>
public readonly record struct KeyPath(string Cluster, string Key, int Generation)
{
    private const string Suffix = ".sops.yaml";

    /// <summary>The folder of all keys of a cluster, which it never reads itself.</summary>
    public static string FolderOf(string cluster) => $"secrets/{cluster}/keys";

    /// <summary>Null for a path that is no key's.</summary>
    public static KeyPath? Parse(string path)
    {
        if (path.Split('/') is not ["secrets", var cluster, "keys", var file]
            || !file.EndsWith(Suffix, StringComparison.Ordinal))
            return null;
        var name = file[..^Suffix.Length];
        var dash = name.LastIndexOf('-');
        // A number of a generation is at least 2, so that password-1 is a key of its own.
        return int.TryParse(
            name.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
            && generation > 1 && dash > 0
                ? new KeyPath(cluster, name[..dash], generation)
                : new KeyPath(cluster, name, 1);
    }

    /// <summary>How often each key of a cluster was made, by its name, for those that were made again.</summary>
    public static IEnumerable<KeyValuePair<string, int>> Generations(IEnumerable<string> paths) => paths
        .Select(Parse).OfType<KeyPath>()
        .GroupBy(path => path.Key, path => path.Generation)
        .Select(key => KeyValuePair.Create(key.Key, key.Max()))
        .Where(key => key.Value > 1);

    public KeyPath Next() => this with { Generation = Generation + 1 };

    /// <summary>The public part that stands beside it.</summary>
    public string Beside(string suffix) => $"{ToString()[..^Suffix.Length]}{suffix}";

    public override string ToString() => Generation > 1
        ? string.Create(CultureInfo.InvariantCulture, $"{FolderOf(Cluster)}/{Key}-{Generation}{Suffix}")
        : $"{FolderOf(Cluster)}/{Key}{Suffix}";
}
