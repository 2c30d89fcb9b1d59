namespace Orrery.Tests.Programs;

/// <summary>Who may read, write and enter a file, in octal as people write it: <c>0600</c>.</summary>
internal static class UnixMode
{
    public static string Of(string path) => OperatingSystem.IsWindows()
        ? throw new PlatformNotSupportedException()
        : Convert.ToString((int)File.GetUnixFileMode(path), 8).PadLeft(4, '0');

    public static void Set(string path, string mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(mode, 8));
    }
}
