using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.K3s.Storage;

/// <summary>
/// Disks of Proxmox VE in pods: its plugin on each node finds the one that the controller has attached to the machine,
/// makes a file system on one that is blank, and mounts it.
/// https://github.com/sergelogvinov/proxmox-csi-plugin, pkg/csi/node.go
/// </summary>
internal static class ProxmoxCsiVolumes
{
    public const string Driver = "csi.proxmox.sinextra.dev";

    private const string ById = "/dev/disk/by-id/";

    /// <summary>Why a pod of this node cannot have the volume, or null; also for volumes of others.</summary>
    public static string? Problem(SimulatedCluster cluster, ClusterNode node, JsonObject? volume)
    {
        if (volume.TextAt("spec", "csi", "driver") != Driver)
            return null;
        var attachment = VolumeAttachments.Find(cluster.Store, volume.Name(), node.Name);
        if (!attachment.At("status", "attached").IsTrue())
        {
            return attachment.TextAt("status", "attachError", "message")
                ?? $"volume {volume.Name()} is not attached to {node.Name} yet";
        }

        return DiskOf(cluster, node, volume) is null
            ? $"rpc error: code = Internal desc = device {DeviceOf(attachment)} is not found"
            : null;
    }

    /// <summary>What stands on the volume; null where it is not in the machine, and for those of others.</summary>
    public static VolumeDisk? DiskOf(SimulatedCluster cluster, ClusterNode node, JsonObject? volume) =>
        volume.TextAt("spec", "csi", "driver") == Driver
        && VolumeAttachments.Find(cluster.Store, volume.Name(), node.Name) is { } attachment
        && DeviceOf(attachment) is { } device
            ? node.Device(device[ById.Length..])
            : null;

    /// <summary>Mounts it for the first pod of the node.</summary>
    public static void Stage(ClusterNode node, JsonObject? volume, VolumeDisk disk, string path)
    {
        var kind = volume.TextAt("spec", "csi", "fsType") ?? "ext4";
        if (disk.IsBlank)
            disk.Format(kind);
        node.Machine.Volumes[disk.Identity] = disk;
        node.Machine.Files.MakeFolders(path);
        node.Machine.Files.MountAt(new Mount(path, ById, kind, "rw", disk.Mount()) { Disk = disk });
    }

    /// <summary>After the last pod of the node: all is written, and nothing is open.</summary>
    public static void Unstage(ClusterNode node, JsonObject? volume)
    {
        if (VolumePaths.Of(volume) is not { } path || node.Machine.Files.Unmount(path) is not { Disk: { } disk })
            return;
        disk.Unmount();
        node.Machine.Volumes.Remove(disk.Identity);
    }

    private static string? DeviceOf(JsonObject? attachment) =>
        attachment.TextAt("status", "attachmentMetadata", "DevicePath") is { } device
        && device.StartsWith(ById, StringComparison.Ordinal)
            ? device
            : null;
}
