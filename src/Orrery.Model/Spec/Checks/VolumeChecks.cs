using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Resolving;
using Orrery.Model.Spec.Schema;

namespace Orrery.Model.Spec.Checks;

/// <summary>Sizes and mount paths of volumes.</summary>
internal static class VolumeChecks
{
    /// <summary>https://docs.hetzner.cloud/reference/cloud#volumes-create-a-volume: size in GB, 10 to 10240.</summary>
    private const long HetznerGigabytesMin = 10;

    private const long HetznerGigabytesMax = 10_240;

    /// <summary>Neither these nor what lies below them can be covered.</summary>
    private static readonly string[] SystemPaths =
    [
        "/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/root", "/run", "/sbin", "/sys", "/tmp", "/usr",
    ];

    /// <summary>Not to be covered themselves, but made to hold other mounts.</summary>
    private static readonly string[] Parents =
        ["/", "/home", "/media", "/mnt", "/opt", "/srv", "/var", "/var/lib", "/var/mnt"];

    public static void Run(ClusterView cluster, Problems problems)
    {
        foreach (var pool in cluster.Pools)
        {
            MountPaths(pool, problems);
            foreach (var volume in ClusterView.VolumesOf(pool))
            {
                SystemPath(volume, problems);
                if (cluster.Hetzner is not null)
                    Size(volume, problems);
            }
        }
    }

    private static void MountPaths(Named<Section> pool, Problems problems)
    {
        var taken = new Dictionary<string, string>();
        foreach (var volume in ClusterView.VolumesOf(pool))
        {
            var path = NodePoolResolver.MountPathOf(volume);
            if (taken.TryAdd(path, volume.Name))
                continue;
            problems.Add(
                CheckCodes.MountPathTwice,
                volume.Value.MarkOf(NodePoolFields.MountPath),
                $"The volume \"{taken[path]}\" is mounted at {path} already.",
                "give each volume a path of its own");
        }
    }

    private static void SystemPath(Named<Section> volume, Problems problems)
    {
        var path = NodePoolResolver.MountPathOf(volume);
        var covered = Array.Find(
            SystemPaths, system => path == system || path.StartsWith(system + "/", StringComparison.Ordinal))
            ?? Array.Find(Parents, parent => path == parent);
        if (covered is null)
            return;
        problems.Add(
            CheckCodes.SystemMountPath,
            volume.Value.MarkOf(NodePoolFields.MountPath),
            $"The volume would hide what the system has in {covered}.",
            $"mount it elsewhere, for example at /data or /var/mnt/{volume.Name}");
    }

    private static void Size(Named<Section> volume, Problems problems)
    {
        if (!volume.Value.TryGet(NodePoolFields.VolumeSize, out var size)
            || size.Gigabytes is >= HetznerGigabytesMin and <= HetznerGigabytesMax)
        {
            return;
        }

        problems.Add(
            CheckCodes.VolumeSizeOutOfRange,
            volume.Value.MarkOf(NodePoolFields.VolumeSize),
            $"The volume \"{volume.Name}\" has {size.Gigabytes} GB.",
            $"choose a size between {HetznerGigabytesMin}G and {HetznerGigabytesMax}G");
    }
}
