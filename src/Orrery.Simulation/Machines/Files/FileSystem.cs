using System.Text;

namespace Orrery.Simulation.Machines.Files;

/// <summary>Where a file system is attached.</summary>
internal sealed record Mount(string Path, string Source, string Type, string Options, FolderNode Root)
{
    public VolumeDisk? Disk { get; init; }

    public bool IsReadOnly => Options.Split(',').Contains("ro");
}

/// <summary>
/// All files of a machine as its processes see them: the root disk with everything that is mounted on it.
/// </summary>
internal sealed class FileSystem(Func<TimeSpan> now)
{
    private const int LinksMax = 40;

    private readonly FolderNode _root = new();
    private readonly List<Mount> _mounts = [];

    /// <summary>In order of mounting.</summary>
    public IReadOnlyList<Mount> Mounts => _mounts;

    /// <summary>Told the path of each file that changes.</summary>
    public Action<string> Changed { get; set; } = static _ => { };

    /// <summary>The same place without dots, doubled slashes and links; what does not exist stays as it is.</summary>
    public string Canonical(string path) => Walk(path, followLast: true).Path;

    public Node? Find(string path, bool followLinks = true) => Walk(path, followLinks).Node;

    public Node Get(string path, bool followLinks = true) => Find(path, followLinks) ?? throw FileException.NotFound;

    public bool Exists(string path) => Find(path) is not null;

    public byte[] Read(string path) => Get(path) switch
    {
        FileNode file => file.Content,
        FolderNode => throw FileException.IsAFolder,
        DeviceNode { Disk: null } => [],
        _ => throw FileException.Denied,
    };

    public string ReadText(string path) => Encoding.UTF8.GetString(Read(path));

    public string? TryReadText(string path) =>
        Find(path) is FileNode file ? Encoding.UTF8.GetString(file.Content) : null;

    public FolderNode Folder(string path) => Get(path) as FolderNode ?? throw FileException.NotAFolder;

    /// <summary>Replaces the contents; a new file gets the mode and belongs to root.</summary>
    public FileNode Write(string path, byte[] content, int mode = 0x1A4)
    {
        var place = Walk(path, followLast: true);
        switch (place.Node)
        {
            case FolderNode:
                throw FileException.IsAFolder;
            case DeviceNode:
                return new FileNode();
            case FileNode file:
                Writable(place);
                file.Content = content;
                file.Modified = now();
                Changed(place.Path);
                return file;
            default:
                var made = new FileNode { Content = content, Mode = mode };
                Add(place, made);
                return made;
        }
    }

    public void WriteText(string path, string text, int mode = 0x1A4) =>
        Write(path, Encoding.UTF8.GetBytes(text), mode);

    public void Append(string path, byte[] content)
    {
        var before = Find(path) is FileNode file ? file.Content : [];
        Write(path, [.. before, .. content]);
    }

    /// <summary>Puts a node at a new path.</summary>
    public void Put(string path, Node node) => Add(Walk(path, followLast: false), node);

    public FolderNode MakeFolder(string path, int mode = 0x1ED)
    {
        var place = Walk(path, followLast: false);
        if (place.Node is not null)
            throw FileException.Exists;
        var made = new FolderNode { Mode = mode };
        Add(place, made);
        return made;
    }

    /// <summary>Makes the folder and all above it that is missing; those above get 0755.</summary>
    public FolderNode MakeFolders(string path, int mode = 0x1ED)
    {
        var current = "";
        var names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < names.Length; i++)
        {
            current += "/" + names[i];
            switch (Find(current))
            {
                case null:
                    MakeFolder(current, i == names.Length - 1 ? mode : 0x1ED);
                    break;
                case not FolderNode:
                    throw i == names.Length - 1 ? FileException.Exists : FileException.NotAFolder;
            }
        }

        return Folder(path.Length == 0 ? "/" : path);
    }

    /// <summary>Removes one entry, a folder only when it is empty.</summary>
    public void Remove(string path, bool recursive = false)
    {
        var place = Walk(path, followLast: false);
        if (place.Node is null || place.Parent is null)
            throw FileException.NotFound;
        if (_mounts.Exists(mount => mount.Path == place.Path || mount.Path.StartsWith(place.Path + "/",
            StringComparison.Ordinal)))
        {
            throw FileException.Busy;
        }

        if (place.Node is FolderNode { Children.Count: > 0 } && !recursive)
            throw FileException.NotEmpty;
        Writable(place);
        place.Parent.Children.Remove(place.Name);
        Changed(place.Path);
    }

    public void MountAt(Mount mount)
    {
        if (Find(mount.Path) is not FolderNode)
            throw FileException.NotFound;
        _mounts.Add(mount with { Path = Canonical(mount.Path) });
    }

    /// <summary>The file system that was mounted last at this very path, or null.</summary>
    public Mount? MountAtPath(string path) => MountedAt(Canonical(path));

    public Mount? Unmount(string path)
    {
        var mount = MountAtPath(path);
        if (mount is not null)
            _mounts.Remove(mount);
        return mount;
    }

    /// <summary>Everything mounted is gone, as after a reset; what is volatile is empty.</summary>
    public void ForgetMounts() => _mounts.Clear();

    /// <summary>The mount that holds a path, or null for the root disk.</summary>
    public Mount? Holding(string path)
    {
        var canonical = Canonical(path);
        return _mounts.Where(mount => canonical == mount.Path
                || canonical.StartsWith(mount.Path + "/", StringComparison.Ordinal))
            .MaxBy(mount => mount.Path.Length);
    }

    /// <summary>Below a folder, in order, without following links: path and node.</summary>
    public IEnumerable<(string Path, Node Node)> Below(string path)
    {
        if (Find(path, followLinks: false) is not FolderNode folder)
            yield break;
        foreach (var (name, _) in folder.Children.ToList())
        {
            var child = path.TrimEnd('/') + "/" + name;
            if (Find(child, followLinks: false) is not { } node)
                continue;
            yield return (child, node);
            foreach (var inner in Below(child))
                yield return inner;
        }
    }

    public static string Join(string folder, string path) =>
        path.StartsWith('/') ? path : folder.TrimEnd('/') + "/" + path;

    private void Add(Place place, Node node)
    {
        if (place.Parent is null)
            throw FileException.NotFound;
        Writable(place);
        node.Modified = now();
        place.Parent.Children[place.Name] = node;
        place.Parent.Modified = now();
        Changed(place.Path);
    }

    private void Writable(Place place)
    {
        if (Holding(place.Path) is { IsReadOnly: true })
            throw FileException.ReadOnly;
    }

    private Place Walk(string path, bool followLast)
    {
        var names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var trail = new List<(string Path, Node Node)>(names.Length);
        var links = 0;
        for (var at = 0; at < names.Length; at++)
        {
            var (name, isLast) = (names[at], at == names.Length - 1);
            if (name == ".")
                continue;
            if (name == "..")
            {
                if (trail.Count > 0)
                    trail.RemoveAt(trail.Count - 1);
                continue;
            }

            var parent = trail.Count == 0 ? Top() : trail[^1].Node;
            var here = (trail.Count == 0 ? "" : trail[^1].Path) + "/" + name;
            if (parent is not FolderNode folder)
                throw FileException.NotAFolder;
            if (!folder.Children.TryGetValue(name, out var child))
            {
                return isLast
                    ? new Place(here, folder, name, null)
                    : new Place(here + "/" + string.Join('/', names[(at + 1)..]), null, names[^1], null);
            }

            if (child is LinkNode link && (followLast || !isLast))
            {
                if (++links > LinksMax)
                    throw FileException.TooManyLinks;
                if (link.Target.StartsWith('/'))
                    trail.Clear();
                names = [.. link.Target.Split('/', StringSplitOptions.RemoveEmptyEntries), .. names[(at + 1)..]];
                at = -1;
                continue;
            }

            trail.Add((here, MountedAt(here)?.Root ?? child));
        }

        if (trail.Count == 0)
            return new Place("/", null, "", Top());
        var (last, node) = trail[^1];
        return new Place(last, (trail.Count == 1 ? Top() : trail[^2].Node) as FolderNode, NameOf(last), node);
    }

    private Mount? MountedAt(string canonical)
    {
        for (var i = _mounts.Count - 1; i >= 0; i--)
        {
            if (_mounts[i].Path == canonical)
                return _mounts[i];
        }

        return null;
    }

    private FolderNode Top() => _root;

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private readonly record struct Place(string Path, FolderNode? Parent, string Name, Node? Node);
}
