namespace Orrery.Engine.Ports;

/// <summary>
/// Where a platform's state lives: a few named files with compare-and-swap and durable appends. A folder by default;
/// every other back end keeps the same promises. Nothing here knows what the files say.
/// </summary>
public interface IStateFiles
{
    /// <summary>A file's content and version, or null when there is none.</summary>
    Task<StateFile?> ReadAsync(string name, CancellationToken cancellation);

    /// <summary>
    /// Replaces a file as a whole and durably, if its version still is <paramref name="expectedVersion"/> (null: if
    /// there is none), and returns the new version. Returns null, and changes nothing, if it is not.
    /// </summary>
    Task<string?> TrySwapAsync(
        string name, string? expectedVersion, ReadOnlyMemory<byte> content, CancellationToken cancellation);

    /// <summary>
    /// Appends to a file, making it if need be; what it appended survives a power loss once it returns.
    /// </summary>
    Task AppendAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation);

    /// <summary>Removes a file; nothing happens when there is none.</summary>
    Task DeleteAsync(string name, CancellationToken cancellation);

    /// <summary>The names that begin so, in ordinal order.</summary>
    Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellation);
}

/// <summary>A file's bytes, and a version that differs whenever they do.</summary>
public sealed record StateFile(ReadOnlyMemory<byte> Content, string Version);
