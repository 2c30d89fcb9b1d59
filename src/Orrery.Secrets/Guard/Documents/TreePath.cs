namespace Orrery.Secrets.Guard.Documents;

/// <summary>Paths within a tree: from its root, with slashes; the root itself is the empty one.</summary>
internal static class TreePath
{
    /// <summary>The folder of a file or folder; that of the root is the root.</summary>
    public static string Folder(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash < 0 ? "" : path[..slash];
    }

    public static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>What a path means that is written in a folder; null where it leads out of the tree.</summary>
    public static string? Join(string folder, string relative)
    {
        var parts = folder.Length == 0 ? [] : folder.Split('/').ToList();
        foreach (var part in relative.Split('/'))
        {
            switch (part)
            {
                case "" or ".":
                    break;
                case ".." when parts.Count == 0:
                    return null;
                case "..":
                    parts.RemoveAt(parts.Count - 1);
                    break;
                default:
                    parts.Add(part);
                    break;
            }
        }

        return string.Join('/', parts);
    }

    public static bool IsBelow(string path, string folder) =>
        folder.Length == 0 || path.StartsWith($"{folder}/", StringComparison.Ordinal);
}
