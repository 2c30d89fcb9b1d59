using Orrery.Cli.Composition;
using Orrery.Model.Platforms;
using Orrery.Providers.Keys;

namespace Orrery.Cli.Secrets;

/// <summary>
/// Everything in a platform's repository that its recovery identity opens, and how each is changed once somebody else
/// knows it.
/// </summary>
internal static class ReadableSecrets
{
    public static IEnumerable<(string What, string How)> Of(Loaded loaded)
    {
        var files = FilesOf(loaded).ToHashSet(StringComparer.Ordinal);
        foreach (var path in files.Order(StringComparer.Ordinal))
        {
            // What was replaced already is not replaced again.
            if (KeyPath.Parse(path)?.Next() is { } next && files.Contains($"{next}"))
                continue;
            if (KeyPath.Parse(path) is not { } key)
                yield return (path, $"change each value at its source: orrery secret edit {path}");
            else if (KeyNames.NameOf(key.Key) is not null)
                yield return (path, Rotation(loaded, key));
            else
                yield return (path, "orrery makes no next one of it yet: it changes only with a new platform");
        }

        yield return (
            $"{StateFolder.Name}/state.json and its history",
            "copies of the keys above, and what the clouds have generated: nothing that only it knows");
    }

    private static string Rotation(Loaded loaded, KeyPath key)
    {
        var command = $"orrery secret rotate {loaded.Path} --key {KeyNames.NameOf(key.Key)} --cluster {key.Cluster}";
        return key.Key == KeyNames.SealedSecrets
            ? $"{command}, and change each value that was sealed to it"
            : command;
    }

    /// <summary>All SOPS documents below <c>secrets/</c>, relative to the declaration's folder.</summary>
    public static IEnumerable<string> FilesOf(Loaded loaded)
    {
        var folder = Path.Combine(loaded.Folder, "secrets");
        return !Directory.Exists(folder) ? [] : Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file).Contains(".sops.", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(loaded.Folder, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);
    }
}
