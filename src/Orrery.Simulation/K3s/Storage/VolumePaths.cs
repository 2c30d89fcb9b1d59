using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.K3s.Storage;

/// <summary>Where a volume's data stand on its node.</summary>
internal static class VolumePaths
{
    /// <summary>Null for what is no folder of the node.</summary>
    public static string? Of(JsonNode? volume) =>
        volume.TextAt("spec", "hostPath", "path") ?? volume.TextAt("spec", "local", "path")
        ?? (volume.TextAt("spec", "nfs", "path") is { } path
            ? $"/var/lib/kubelet/nfs/{volume.TextAt("spec", "nfs", "server")}{path}"
            : null)
        ?? (volume.TextAt("spec", "csi", "driver") == LonghornProvisioner.Driver
            ? "/var/lib/kubelet/longhorn/" + volume.TextAt("spec", "csi", "volumeHandle")
            : null)
        ?? (volume.TextAt("spec", "csi", "driver") == ProxmoxCsiVolumes.Driver
            ? $"/var/lib/kubelet/plugins/kubernetes.io/csi/{volume.TextAt("metadata", "name")}"
            : null);
}
