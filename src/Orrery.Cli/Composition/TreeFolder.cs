using Orrery.GitOps.Trees;

namespace Orrery.Cli.Composition;

/// <summary>A rendered tree on disk.</summary>
internal sealed class TreeFolder(string folder)
{
    /// <summary>The text of a file, or null where there is none.</summary>
    public string? Read(string path) => File.Exists(PathOf(path)) ? File.ReadAllText(PathOf(path)) : null;

    /// <summary>
    /// Makes the tree as it was rendered. The list of our files comes last: whatever a run that died has written is as
    /// rendered, and the next run finds it so.
    /// </summary>
    public void Apply(RenderedTree rendered, TreeComparison comparison)
    {
        foreach (var path in comparison.Missing.Concat(comparison.Differing))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path)) ?? folder);
            File.WriteAllText(PathOf(path), rendered.Files[path]);
        }

        foreach (var path in comparison.Extra)
        {
            File.Delete(PathOf(path));
            RemoveIfEmpty(Path.GetDirectoryName(PathOf(path)));
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(PathOf(RenderedTree.ListName), rendered.List);
    }

    private void RemoveIfEmpty(string? directory)
    {
        while (directory is not null && directory.Length > folder.Length
            && !Directory.EnumerateFileSystemEntries(directory).Any())
        {
            Directory.Delete(directory);
            directory = Path.GetDirectoryName(directory);
        }
    }

    private string PathOf(string path) => Path.Combine([folder, .. path.Split('/')]);
}
