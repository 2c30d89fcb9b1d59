using System.Security.Cryptography;
using Orrery.Engine.Ports;

namespace Orrery.Engine.State;

/// <summary>State in a folder, for one person: <c>DIR/.orrery</c>, readable by its owner only.</summary>
/// <param name="folder">Full path; made when something is written.</param>
/// <param name="time">For waiting until another process has let go.</param>
/// <param name="lockFolder">
/// Where the lock lies, for a folder in which people keep other files; itself by default.
/// </param>
public sealed class LocalStateFiles(string folder, TimeProvider time, string? lockFolder = null)
    : IStateFiles, IDisposable
{
    private const string LockName = "lock";

    /// <summary>
    /// A swap takes milliseconds: whoever cannot begin one within these two seconds meets something else.
    /// </summary>
    private const int LockAttemptsMax = 100;

    private static readonly TimeSpan LockDelay = TimeSpan.FromMilliseconds(20);
    private readonly Dictionary<string, FileStream> _appenders = new(StringComparer.Ordinal);

    public async Task<StateFile?> ReadAsync(string name, CancellationToken cancellation)
    {
        try
        {
            var content = await File.ReadAllBytesAsync(PathOf(name), cancellation);
            return new StateFile(content, VersionOf(content));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public async Task<string?> TrySwapAsync(
        string name, string? expectedVersion, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        EnsureFolder(folder);
        EnsureFolder(lockFolder ?? folder);
        // Compare and swap are two steps on a file system: an exclusively opened file makes them one. The operating
        // system lets go of it when the process dies. Within one process a renewal of the lease meets a checkpoint
        // there, too.
        await using var exclusive = await OpenLockAsync(cancellation);
        var current = await ReadAsync(name, cancellation);
        if (current?.Version != expectedVersion)
            return null;
        var path = PathOf(name);
        EnsureFolder(FolderOf(path));
        var temporary = path + ".new";
        await using (var stream = new FileStream(temporary, OwnerOnly(FileMode.Create)))
        {
            await stream.WriteAsync(content, cancellation);
            RandomAccess.FlushToDisk(stream.SafeFileHandle);
        }

        File.Move(temporary, path, overwrite: true);
        FlushFolderOf(path);
        return VersionOf(content.Span);
    }

    public async Task AppendAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        if (!_appenders.TryGetValue(name, out var stream))
        {
            EnsureFolder(folder);
            _appenders[name] = stream = new FileStream(PathOf(name), OwnerOnly(FileMode.Append));
            FlushFolderOf(PathOf(name));
        }

        await stream.WriteAsync(content, cancellation);
        RandomAccess.FlushToDisk(stream.SafeFileHandle);
    }

    public async Task DeleteAsync(string name, CancellationToken cancellation)
    {
        if (_appenders.Remove(name, out var stream))
            await stream.DisposeAsync();
        if (Directory.Exists(folder))
            File.Delete(PathOf(name));
    }

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellation)
    {
        // The folder may be a whole repository: only the part that the prefix names is looked through.
        var part = Path.Combine(folder, prefix[..(prefix.LastIndexOf('/') + 1)]);
        if (!Directory.Exists(part))
            return Task.FromResult<IReadOnlyList<string>>([]);
        IReadOnlyList<string> names = Directory.EnumerateFiles(part, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && name != LockName
                && !name.EndsWith(".new", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToList();
        return Task.FromResult(names);
    }

    public void Dispose()
    {
        foreach (var stream in _appenders.Values)
            stream.Dispose();
        _appenders.Clear();
    }

    private static string VersionOf(ReadOnlySpan<byte> content) =>
        Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16));

    private static FileStreamOptions OwnerOnly(FileMode mode, FileShare share = FileShare.Read)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.Write,
            Share = share,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    private async Task<FileStream> OpenLockAsync(CancellationToken cancellation)
    {
        var path = Path.Combine(lockFolder ?? folder, LockName);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, OwnerOnly(FileMode.OpenOrCreate, FileShare.None));
            }
            catch (IOException) when (attempt < LockAttemptsMax)
            {
                await Task.Delay(LockDelay, time, cancellation);
            }
            catch (IOException exception)
            {
                throw Busy(exception);
            }
        }
    }

    private StateException Busy(IOException exception) => new(
        StateCodes.Busy,
        $"another process is writing {folder} at this moment: {exception.Message}",
        "run the command again");

    private static void EnsureFolder(string path)
    {
        if (Directory.Exists(path))
            return;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        FlushFolderOf(Path.GetFullPath(path));
    }

    /// <summary>
    /// A file's content is flushed on its own; that it stands there under its name is content of its folder.
    /// </summary>
    private static void FlushFolderOf(string path)
    {
        // Where this is not possible, a power cut may bring back the version before: never half of one.
        FolderFlush.Try(FolderOf(path));
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path)) ?? path;

    private string PathOf(string name) => Path.Combine(folder, name);
}
