using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Orrery.Engine.State;

/// <summary>
/// Puts a folder's own entries on the disk: that a file was made or renamed survives a power cut only then. See
/// fsync(2) of Linux. The framework opens no folders, hence the call of the C library.
/// </summary>
internal static partial class FolderFlush
{
    /// <summary>O_RDONLY | O_CLOEXEC, from fcntl.h of Linux on x64 and arm64.</summary>
    private const int ReadOnlyAndNotInherited = 0x80000;

    /// <summary>
    /// False where the operating system has no such call for us: there the file system alone decides when a rename is
    /// on the disk. Throws <see cref="IOException"/> when the folder cannot be opened or flushed.
    /// </summary>
    public static bool Try(string folder)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        var descriptor = Open(folder, ReadOnlyAndNotInherited);
        if (descriptor < 0)
            throw new IOException($"{folder} cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.FlushToDisk(handle);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);
}
