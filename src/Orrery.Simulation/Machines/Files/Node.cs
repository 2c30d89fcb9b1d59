namespace Orrery.Simulation.Machines.Files;

/// <summary>Something in a file system.</summary>
internal abstract class Node
{
    /// <summary>The permission bits alone: <c>0644</c> is 420.</summary>
    public int Mode { get; set; }

    public int Owner { get; set; }

    public int Group { get; set; }

    /// <summary>When the contents last changed, since the world began.</summary>
    public TimeSpan Modified { get; set; }

    /// <summary>The letter that <c>ls -l</c> shows.</summary>
    public abstract char Letter { get; }

    public abstract Node Copy();

    protected T Like<T>(T copy)
        where T : Node
    {
        copy.Mode = Mode;
        copy.Owner = Owner;
        copy.Group = Group;
        copy.Modified = Modified;
        return copy;
    }
}

internal class FileNode : Node
{
    public virtual byte[] Content { get; set; } = [];

    public override char Letter => '-';

    public override Node Copy() => Like(new FileNode { Content = Content });
}

/// <summary>A file of <c>/proc</c>: it says what is so at the moment of reading.</summary>
internal sealed class LiveFileNode(Func<string> read) : FileNode
{
    public override byte[] Content => System.Text.Encoding.UTF8.GetBytes(read());
}

internal sealed class FolderNode : Node
{
    public FolderNode() => Mode = 0x1ED; // 0755

    public SortedDictionary<string, Node> Children { get; } = new(StringComparer.Ordinal);

    public override char Letter => 'd';

    public override Node Copy()
    {
        var copy = Like(new FolderNode());
        foreach (var (name, child) in Children)
            copy.Children[name] = child.Copy();
        return copy;
    }
}

internal sealed class LinkNode(string target) : Node
{
    public string Target => target;

    public override char Letter => 'l';

    public override Node Copy() => Like(new LinkNode(target));
}

/// <summary>A block device, or a character device such as <c>/dev/null</c> where there is no disk behind it.</summary>
internal sealed class DeviceNode(VolumeDisk? disk) : Node
{
    public VolumeDisk? Disk => disk;

    public override char Letter => disk is null ? 'c' : 'b';

    public override Node Copy() => Like(new DeviceNode(disk));
}

/// <summary>What the kernel answers instead of doing something; the message is that of its error number.</summary>
public sealed class FileException(string reason) : Exception(reason)
{
    public static FileException NotFound => new("No such file or directory");

    public static FileException NotAFolder => new("Not a directory");

    public static FileException IsAFolder => new("Is a directory");

    public static FileException Exists => new("File exists");

    public static FileException NotEmpty => new("Directory not empty");

    public static FileException Busy => new("Device or resource busy");

    public static FileException ReadOnly => new("Read-only file system");

    public static FileException Denied => new("Permission denied");

    public static FileException NoSpace => new("No space left on device");

    public static FileException TooManyLinks => new("Too many levels of symbolic links");
}
