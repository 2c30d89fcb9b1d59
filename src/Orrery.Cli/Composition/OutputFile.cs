using Orrery.Cli.Age;

namespace Orrery.Cli.Composition;

/// <summary>
/// A file that is there when all of it is there: written beside its place and moved into it at the end. Disposing it
/// before leaves nothing.
/// </summary>
internal sealed class OutputFile : IAsyncDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path;
    private readonly string? _temporary;
    private readonly FileStream _stream;
    private readonly bool _replaces;
    private bool _isDone;

    private OutputFile(string path, string? temporary, FileStream stream, bool replaces) =>
        (_path, _temporary, _stream, _replaces) = (path, temporary, stream, replaces);

    /// <summary>Refuses with an <see cref="AgeRefusal"/> what exists, unless that is to be replaced.</summary>
    /// <param name="shown">As the user wrote it.</param>
    /// <param name="isSecret">Only its owner may read it.</param>
    public static OutputFile Create(Host host, string shown, bool force, bool isSecret)
    {
        var path = host.FullPath(shown);
        // A device or a pipe is written to; a file moved there would take its place.
        if (path.StartsWith("/dev/", StringComparison.Ordinal) || path.StartsWith("/proc/", StringComparison.Ordinal))
            return new OutputFile(path, null, new FileStream(path, FileMode.Open, FileAccess.Write), replaces: false);
        if (new FileInfo(path).LinkTarget is not null)
            path = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        if (Directory.Exists(path))
            throw AgeRefusal.Invalid(AgeCodes.NoOutput, $"'{shown}' is a folder.", "name a file in it");
        var exists = File.Exists(path);
        if (exists && !force)
        {
            throw AgeRefusal.Invalid(
                AgeCodes.NoOutput, $"'{shown}' exists.", "write to another file, or replace it with --force");
        }

        if (!Directory.Exists(Path.GetDirectoryName(path)))
            throw AgeRefusal.Invalid(AgeCodes.NoOutput, $"'{shown}' cannot be written: its folder does not exist.");
        var temporary = Path.Combine(
            Path.GetDirectoryName(path) ?? "", $".{Path.GetFileName(path)}.{Unique(host)}.part");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            BufferSize = 0,
        };
        if (isSecret && !OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return new OutputFile(path, temporary, new FileStream(temporary, options), exists);
    }

    public void Write(ReadOnlySpan<byte> bytes) => _stream.Write(bytes);

    /// <summary>Puts it into its place.</summary>
    public async Task CompleteAsync()
    {
        // What was there before must not be lost for a file whose content the disk does not have yet.
        if (_replaces)
            RandomAccess.FlushToDisk(_stream.SafeFileHandle);
        await _stream.DisposeAsync();
        if (_temporary is not null)
            File.Move(_temporary, _path, overwrite: _replaces);
        _isDone = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDone)
            return;
        await _stream.DisposeAsync();
        if (_temporary is not null)
            File.Delete(_temporary);
    }

    private static string Unique(Host host)
    {
        var bytes = new byte[8];
        host.Random.Fill(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
