using Orrery.Model.Values;

namespace Orrery.Providers.Machines;

/// <summary>
/// The shell scripts that every machine gets, each one concern. They are constant files; what differs between machines
/// reaches them as arguments.
/// </summary>
internal static class MachineScript
{
    private const string Folder = "/usr/local/lib/orrery";

    /// <summary>In order of their names, without ending.</summary>
    public static ValueList<string> Names { get; } =
    [
        "fetch", "install-k3s", "install-k9s", "keep-directory", "keep-file", "mount-volume", "prepare", "stop-pods",
        "unmount-volume",
    ];

    /// <summary>Where it is on the machine.</summary>
    public static string PathOf(string name) => $"{Folder}/{name}";

    public static string Read(string name)
    {
        using var stream = typeof(MachineScript).Assembly.GetManifestResourceStream($"machines/{name}.sh");
        Invariant.Check(stream is not null, $"there is no script '{name}'");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
