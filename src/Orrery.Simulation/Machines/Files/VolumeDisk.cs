using System.Globalization;

namespace Orrery.Simulation.Machines.Files;

/// <summary>
/// A block device with what stands on it. It belongs to the volume and outlives machines. What a machine wrote is on it
/// for good once it was synced or unmounted, or once the kernel wrote it back by itself.
/// </summary>
public sealed class VolumeDisk
{
    // vm.dirty_expire_centisecs is 3000 and ext4 commits its journal every 5 seconds:
    // https://docs.kernel.org/admin-guide/sysctl/vm.html, https://docs.kernel.org/admin-guide/ext4.html (commit=)
    private static readonly TimeSpan WrittenBackAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan JournalAfter = TimeSpan.FromSeconds(5);

    private FolderNode _stable = new();
    private int _formats;
    private bool _holdsOther;

    /// <param name="identity">The volume's identifier; file systems get their UUIDs from it.</param>
    /// <param name="sizeBytes">How much it holds.</param>
    public VolumeDisk(long identity, long sizeBytes)
    {
        Identity = identity;
        SizeBytes = sizeBytes;
    }

    public long Identity { get; }

    public long SizeBytes { get; }

    /// <summary><c>ext4</c>, <c>xfs</c>, or null for a device that nobody formatted.</summary>
    public string? Filesystem { get; private set; }

    public string Uuid => string.Create(CultureInfo.InvariantCulture,
        $"00000000-0000-4000-{_formats:x4}-{Identity & 0xffffffffffff:x12}");

    /// <summary>How often a file system was made on it.</summary>
    public int Formats => _formats;

    /// <summary>Nothing was ever written to it: all zeros.</summary>
    public bool IsBlank => Filesystem is null && !_holdsOther;

    public bool IsMounted => Live is not null;

    /// <summary>The tree as the machine sees it that has mounted it.</summary>
    internal FolderNode? Live { get; private set; }

    /// <summary>Makes an empty file system; what stood there is gone.</summary>
    public void Format(string filesystem)
    {
        Filesystem = filesystem;
        _formats++;
        _stable = new FolderNode();
        if (filesystem == "ext4")
            _stable.Children["lost+found"] = new FolderNode { Mode = 0x1C0 };
    }

    /// <summary>
    /// Something stands on it that is no file system that anyone knows here: a raw or a damaged disk.
    /// </summary>
    public void PutOther() => (Filesystem, _holdsOther) = (null, true);

    /// <summary>
    /// Every file that is on the disk for good: its path from the file system's root, and its contents.
    /// </summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> StableFiles()
    {
        var files = new SortedDictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        Collect(_stable, "", files);
        return files;
    }

    /// <summary>Puts a file on it from outside, for a volume that was used before.</summary>
    public void Put(string path, ReadOnlyMemory<byte> content, int mode, int owner)
    {
        var folder = _stable;
        var names = path.Trim('/').Split('/');
        foreach (var name in names[..^1])
        {
            if (!folder.Children.TryGetValue(name, out var next))
                folder.Children[name] = next = new FolderNode();
            folder = next as FolderNode ?? throw new ArgumentException($"{name} is no folder", nameof(path));
        }

        folder.Children[names[^1]] = new FileNode { Content = content.ToArray(), Mode = mode, Owner = owner };
    }

    internal FolderNode Mount() => Live ??= (FolderNode)_stable.Copy();

    internal void Sync()
    {
        if (Live is not null)
            _stable = (FolderNode)Live.Copy();
    }

    internal void Unmount()
    {
        Sync();
        Live = null;
    }

    /// <summary>The power or the device went away while it was mounted.</summary>
    internal void Tear(TimeSpan now)
    {
        if (Live is not null)
            _stable = Torn(Live, _stable, now);
        Live = null;
    }

    // Old enough is written back; a younger new file has its name but no bytes; the youngest never was.
    private static FolderNode Torn(FolderNode live, FolderNode? stable, TimeSpan now)
    {
        var torn = (FolderNode)new FolderNode
        {
            Mode = live.Mode,
            Owner = live.Owner,
            Group = live.Group,
            Modified = live.Modified,
        };
        foreach (var (name, node) in live.Children)
        {
            var before = stable?.Children.GetValueOrDefault(name);
            var age = now - node.Modified;
            if (node is FolderNode folder)
            {
                if (before is not null || age >= JournalAfter)
                    torn.Children[name] = Torn(folder, before as FolderNode, now);
            }
            else if (age >= WrittenBackAfter)
            {
                torn.Children[name] = node.Copy();
            }
            else if (before is not null)
            {
                torn.Children[name] = before.Copy();
            }
            else if (age >= JournalAfter)
            {
                var empty = node.Copy();
                if (empty is FileNode file)
                    file.Content = [];
                torn.Children[name] = empty;
            }
        }

        return torn;
    }

    private static void Collect(FolderNode folder, string path, SortedDictionary<string, ReadOnlyMemory<byte>> files)
    {
        foreach (var (name, node) in folder.Children)
        {
            if (node is FolderNode inner)
                Collect(inner, $"{path}/{name}", files);
            else if (node is FileNode file)
                files[$"{path}/{name}"] = file.Content;
        }
    }
}
