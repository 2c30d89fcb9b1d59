using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.Cli.Composition;

/// <summary>
/// The SOPS documents that lie beside a declaration, <c>secrets/&lt;cluster&gt;/</c>, as they are: nothing is opened.
/// </summary>
internal static class DocumentFolders
{
    /// <summary>The platform with the documents of its clusters, as a run finds them, too.</summary>
    public static Diagnosed<Platform> Read(Loaded loaded)
    {
        try
        {
            var clusters = loaded.Platform.Clusters.Map((name, cluster) => cluster with
            {
                Documents = In(Path.Combine(loaded.Folder, "secrets", name)),
            });
            return new Diagnosed<Platform>(loaded.Platform with { Clusters = clusters }, []);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Diagnosed<Platform>(null, [CliCodes.Unreadable.At(null, exception.Message)]);
        }
    }

    private static ValueMap<string> In(string folder) => !Directory.Exists(folder)
        ? ValueMap<string>.Empty
        : ValueMap.From(Directory.EnumerateFiles(folder)
            .Where(file => Path.GetFileName(file).Contains(".sops.", StringComparison.Ordinal))
            .Select(file => KeyValuePair.Create(Path.GetFileName(file), File.ReadAllText(file))));
}
