namespace Orrery.Cli.Guard;

/// <summary>Files on disk.</summary>
internal sealed class WorkTree(string root, IReadOnlyList<string> paths) : IGuardedFiles
{
    /// <summary>What is looked at to tell text from all else.</summary>
    private const int HeadBytes = 8000;

    private static readonly string[] IgnoredFolders = [".git", ".hg", ".svn", ".orrery", "node_modules", ".direnv"];

    public IReadOnlyList<string> Paths { get; } = paths;

    /// <summary>All files of a folder that is in no repository, but for what tools keep there.</summary>
    public static WorkTree OfFolder(string root)
    {
        var paths = new List<string>();
        var folders = new Stack<string>([""]);
        while (folders.TryPop(out var folder))
        {
            foreach (var entry in new DirectoryInfo(Path.Combine(root, folder)).EnumerateFileSystemInfos())
            {
                var path = folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}";
                // What a link leads to is searched where it is.
                if (entry.LinkTarget is not null)
                    continue;
                if (entry is not DirectoryInfo)
                    paths.Add(path);
                else if (!IgnoredFolders.Contains(entry.Name, StringComparer.Ordinal))
                    folders.Push(path);
            }
        }

        return new WorkTree(root, [.. paths.Order(StringComparer.Ordinal)]);
    }

    public async Task<IReadOnlyList<T>> ReadAsync<T>(
        IReadOnlyList<string> paths, Func<string, FileContent, T> use, CancellationToken cancellation)
    {
        var results = new T[paths.Count];
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Math.Max(1, Environment.ProcessorCount)).Select(
            _ => Task.Run(Work, cancellation)));
        return results;

        void Work()
        {
            var buffer = new byte[64 * 1024];
            for (var i = Interlocked.Increment(ref next); i < paths.Count; i = Interlocked.Increment(ref next))
            {
                cancellation.ThrowIfCancellationRequested();
                results[i] = use(paths[i], Read(paths[i], ref buffer));
            }
        }
    }

    private FileContent Read(string path, ref byte[] buffer)
    {
        var file = new FileInfo(Path.Combine(root, path));
        // Listed, and gone or a link or a repository of its own: nothing to search.
        if (!file.Exists || file.LinkTarget is not null)
            return default;
        using var handle = File.OpenHandle(file.FullName);
        var length = RandomAccess.GetLength(handle);
        var head = Fill(handle, buffer, 0, (int)Math.Min(length, HeadBytes));
        if (length <= HeadBytes || IsBinary(buffer.AsSpan(0, head)))
            return new FileContent(buffer.AsMemory(0, head), head);
        if (length > FileContent.BytesMax)
            return new FileContent(default, length);
        if (buffer.Length < length)
            Array.Resize(ref buffer, (int)length);
        var all = head + Fill(handle, buffer, head, (int)length - head);
        return new FileContent(buffer.AsMemory(0, all), all);
    }

    private static int Fill(Microsoft.Win32.SafeHandles.SafeFileHandle handle, byte[] buffer, int at, int count)
    {
        var filled = 0;
        while (filled < count)
        {
            var read = RandomAccess.Read(handle, buffer.AsSpan(at + filled, count - filled), at + filled);
            if (read == 0)
                break;
            filled += read;
        }

        return filled;
    }

    /// <summary>Text of two bytes a letter begins with its mark, and is no binary.</summary>
    private static bool IsBinary(ReadOnlySpan<byte> head) =>
        head.Contains((byte)0) && head is not ([0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]);
}
