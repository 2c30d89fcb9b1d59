using System.Globalization;
using Orrery.Simulation.Hetzner.State;

namespace Orrery.Simulation.Hetzner.Routes;

/// <summary>What the operating system on a simulated server does by itself.</summary>
internal static class Machine
{
    /// <summary>It came up: its user data takes care of the volumes that are there.</summary>
    public static void Booted(Project project, Server server)
    {
        server.Boots++;
        foreach (var volume in project.VolumesOf(server))
            Found(server, volume);
    }

    /// <summary>
    /// A volume appeared. User data that names the device and makes file systems formats it when it is blank; mkfs
    /// refuses a device with a file system, and forcing it is not simulated.
    /// </summary>
    public static void Found(Server server, Volume volume)
    {
        if (!server.UserData.Contains(Device(volume), StringComparison.Ordinal) || Maker(server) is not { } filesystem)
            return;
        if (volume.Contents.Filesystem is null)
            volume.Contents = VolumeContents.Blank with { Filesystem = filesystem };
    }

    private static string Device(Volume volume) =>
        string.Create(CultureInfo.InvariantCulture, $"HC_Volume_{volume.Id}");

    private static string? Maker(Server server) =>
        server.UserData.Contains("mkfs.ext4", StringComparison.Ordinal) ? "ext4"
        : server.UserData.Contains("mkfs.xfs", StringComparison.Ordinal) ? "xfs"
        : null;
}
