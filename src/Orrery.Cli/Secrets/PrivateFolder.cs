using Orrery.Cli.Composition;

namespace Orrery.Cli.Secrets;

/// <summary>
/// A folder in memory that only its owner can enter, for a plain text that an editor needs as a file. Disposing it
/// overwrites and deletes all that is in it, also what the editor left.
/// </summary>
internal sealed class PrivateFolder : IDisposable
{
    private const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path;

    private PrivateFolder(string path) => _path = path;

    /// <summary>Where such a folder can be: the first that is there and in memory.</summary>
    public static PrivateFolder Create(Host host)
    {
        var places = host.MemoryFolders(host.Environment);
        if (OperatingSystem.IsWindows() || places.FirstOrDefault(IsInMemory) is not { } place)
        {
            throw new SecretRefusal(SecretCodes.NoMemory.At(
                null,
                "Neither XDG_RUNTIME_DIR nor /dev/shm is a folder on a tmpfs that can be written to.",
                [
                    "set one value without an editor: orrery secret set FILE PATH < file-with-the-value",
                    "or mount a tmpfs and name it: export XDG_RUNTIME_DIR=/mnt/ram",
                ]));
        }

        var name = new byte[12];
        host.Random.Fill(name);
        var path = Path.Combine(place, $"orrery-{Convert.ToHexStringLower(name)}");
        Directory.CreateDirectory(path, OwnerFolder);
        return new PrivateFolder(path);
    }

    public static IEnumerable<string> Known(Func<string, string?> environment) =>
        environment("XDG_RUNTIME_DIR") is { Length: > 0 } runtime ? [runtime, "/dev/shm"] : ["/dev/shm"];

    /// <summary>Writes a file there; gives its path.</summary>
    public string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_path, name);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerFile;
        using var stream = new FileStream(path, options);
        stream.Write(bytes);
        return path;
    }

    public void Dispose()
    {
        foreach (var file in Directory.EnumerateFiles(_path, "*", SearchOption.AllDirectories))
        {
            // What an editor linked elsewhere is not ours to overwrite.
            if (new FileInfo(file).LinkTarget is not null)
                continue;
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Write);
            stream.Write(new byte[stream.Length]);
        }

        Directory.Delete(_path, recursive: true);
    }

    private static bool IsInMemory(string path)
    {
        try
        {
            return Directory.Exists(path) && new DriveInfo(path).DriveFormat is "tmpfs" or "ramfs";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A place that cannot be asked is none.
            return false;
        }
    }
}
