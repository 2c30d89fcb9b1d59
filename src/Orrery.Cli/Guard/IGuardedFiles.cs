using System.Runtime.InteropServices;

namespace Orrery.Cli.Guard;

/// <summary>The files of a tree that are searched, wherever their bytes are.</summary>
internal interface IGuardedFiles
{
    /// <summary>From the root of the tree, with slashes, in ordinal order.</summary>
    IReadOnlyList<string> Paths { get; }

    /// <summary>Reads each of some files once, several at a time; results are in the order of the paths.</summary>
    Task<IReadOnlyList<T>> ReadAsync<T>(
        IReadOnlyList<string> paths, Func<string, FileContent, T> use, CancellationToken cancellation);
}

/// <summary>A file's bytes, which are the reader's again when their user returns.</summary>
/// <param name="Length">Of the file: more than there are bytes where it is too large.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FileContent(ReadOnlyMemory<byte> Bytes, long Length)
{
    /// <summary>Nobody writes more by hand, and generated text has no secrets of its own.</summary>
    public const int BytesMax = 32 * 1024 * 1024;

    public bool IsTooLarge => Length > BytesMax;
}
