namespace Orrery.Secrets.Guard.Documents;

/// <summary>The kustomizations of a tree: which files a build of a folder takes, and what KSOPS generates.</summary>
internal sealed class Kustomize
{
    public static readonly string[] FileNames = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

    private static readonly string[] Taking = ["resources", "bases", "components"];

    private readonly Dictionary<string, WiringFile> _files;
    private readonly Dictionary<string, WiringFile> _byFolder;
    private readonly ILookup<string, string> _manifests;
    private readonly ILookup<string, string> _folders;

    public Kustomize(IReadOnlyList<WiringFile> files)
    {
        _files = files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        _byFolder = files.Where(file => FileNames.Contains(TreePath.Name(file.Path), StringComparer.Ordinal))
            .DistinctBy(file => TreePath.Folder(file.Path))
            .ToDictionary(file => TreePath.Folder(file.Path), StringComparer.Ordinal);
        var manifests = files.Where(file => file.IsManifest).Select(file => file.Path).ToArray();
        _manifests = manifests.ToLookup(TreePath.Folder, StringComparer.Ordinal);
        _folders = manifests.SelectMany(FoldersAbove).Distinct(StringComparer.Ordinal)
            .ToLookup(TreePath.Folder, StringComparer.Ordinal);
    }

    public WiringFile? File(string path) => _files.GetValueOrDefault(path);

    /// <summary>
    /// The files that a build of a folder takes as they are. Where it has no kustomization, Flux makes one of all
    /// manifests below, and takes folders that have one as they say.
    /// </summary>
    public HashSet<string> Reached(string folder)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        Visit(folder, reached, new HashSet<string>(StringComparer.Ordinal));
        return reached;
    }

    /// <summary>The files that generators of KSOPS name, of those generators that some kustomization uses.</summary>
    public HashSet<string> Generated()
    {
        var generated = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (folder, kustomization) in _byFolder)
        {
            foreach (var name in kustomization.Documents.SelectMany(document => document.TextsAt("generators")))
            {
                if (TreePath.Join(folder, name.Text) is { } path && File(path) is { } generator)
                    generated.UnionWith(NamedBy(generator));
            }
        }

        return generated;
    }

    /// <summary>The kustomization that takes a file as a resource; null where none does.</summary>
    public string? TakenBy(string path) =>
        _byFolder.Where(entry => Names(entry.Value, entry.Key).Contains(path, StringComparer.Ordinal))
            .Select(entry => entry.Value.Path).Order(StringComparer.Ordinal).FirstOrDefault();

    /// <summary>The kustomization of the file's folder, or of the nearest one above.</summary>
    public string? NearestAbove(string path)
    {
        for (var folder = TreePath.Folder(path); ; folder = TreePath.Folder(folder))
        {
            if (_byFolder.TryGetValue(folder, out var kustomization))
                return kustomization.Path;
            if (folder.Length == 0)
                return null;
        }
    }

    private static IEnumerable<string> NamedBy(WiringFile generator)
    {
        var folder = TreePath.Folder(generator.Path);
        return generator.Documents.Where(document => document.TextAt("kind") == "ksops")
            .SelectMany(document => document.TextsAt("files")
                .Concat(document.ItemsAt("secretFrom").SelectMany(FilesOf)))
            // A name may be given before the file: KEY=./path.
            .Select(file => TreePath.Join(folder, file.Text[(file.Text.IndexOf('=') + 1)..])).OfType<string>();
    }

    private static IEnumerable<ObjectText> FilesOf(ObjectNode secret) =>
        secret.TextsAt("files").Concat(secret.TextsAt("binaryFiles")).Concat(secret.TextsAt("envs"));

    private static IEnumerable<string> FoldersAbove(string path)
    {
        for (var folder = TreePath.Folder(path); folder.Length > 0; folder = TreePath.Folder(folder))
            yield return folder;
    }

    private static IEnumerable<string> Names(WiringFile kustomization, string folder) =>
        from document in kustomization.Documents
        from field in Taking
        from item in document.TextsAt(field)
        let path = TreePath.Join(folder, item.Text)
        where path is not null
        select path;

    private void Visit(string folder, HashSet<string> reached, HashSet<string> visited)
    {
        if (!visited.Add(folder))
            return;
        if (_byFolder.TryGetValue(folder, out var kustomization))
        {
            foreach (var name in Names(kustomization, folder))
            {
                if (_files.ContainsKey(name))
                    reached.Add(name);
                else
                    Visit(name, reached, visited);
            }

            return;
        }

        reached.UnionWith(_manifests[folder]);
        foreach (var below in _folders[folder])
            Visit(below, reached, visited);
    }
}
