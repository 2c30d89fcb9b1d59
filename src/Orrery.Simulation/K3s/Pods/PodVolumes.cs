using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.K3s.Storage;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.K3s.Pods;

/// <summary>
/// The volumes of pods as kubelet mounts them, folders of the machine above all: their types are checked, groups given
/// where Kubernetes gives them, and a container that cannot write where it must does not come up.
/// </summary>
internal sealed class PodVolumes(SimulatedCluster cluster, ClusterNode machine)
{
    private const int SetGroup = 0x400; // S_ISGID, 02000

    private static readonly (string Part, string Kind, string Field)[] Sources =
        [("secret", "Secret", "secretName"), ("configMap", "ConfigMap", "name")];

    private ClusterStore Store => cluster.Store;

    private FileSystem Files => machine.Machine.Files;

    /// <summary>Why a pod's volumes cannot be mounted, or null.</summary>
    public string? Problem(JsonObject pod)
    {
        foreach (var volume in pod.At("spec", "volumes").Items())
        {
            if (ProblemOf(pod, volume) is { } problem)
                return $"MountVolume.SetUp failed for volume \"{volume.TextAt("name")}\" : {problem}";
        }

        return null;
    }

    /// <summary>Mounts: makes what is missing and gives groups; the folders that the pod then uses.</summary>
    public IReadOnlyList<string> Mount(JsonObject pod)
    {
        var used = new List<string>();
        foreach (var volume in pod.At("spec", "volumes").Items())
        {
            if (PathOf(pod, volume) is not { } path)
                continue;
            MountRemote(pod, volume, path);
            used.Add(path);
            var type = TypeOf(pod, volume);
            if (!Files.Exists(path) && type is "DirectoryOrCreate" or "")
                Files.MakeFolders(path);
            else if (!Files.Exists(path) && type == "FileOrCreate")
                Files.WriteText(path, "");
            if (HasGroup(pod, volume) && pod.At("spec", "securityContext", "fsGroup").Number() is { } group)
                GiveGroup(path, (int)group);
        }

        return used;
    }

    /// <summary>What a container says that cannot write to a folder that is mounted for writing, or null.</summary>
    public string? Refusal(JsonObject pod)
    {
        foreach (var container in pod.At("spec", "containers").Items())
        {
            foreach (var mount in container["volumeMounts"].Items().Where(each => !each["readOnly"].IsTrue()))
            {
                var volume = pod.At("spec", "volumes").Items()
                    .FirstOrDefault(each => each.TextAt("name") == mount.TextAt("name"));
                if (volume is null || PathOf(pod, volume) is not { } path)
                    continue;
                if (mount.TextAt("subPath") is { Length: > 0 } part)
                    path = SubPath(path, part);
                if (Files.Find(path) is { } node && !MayWrite(pod, container, node))
                    return $"open {mount.TextAt("mountPath")}/.write: permission denied";
            }
        }

        return null;
    }

    /// <summary>The folder of the machine behind a volume of a pod, or null for what is none.</summary>
    public string? PathOf(JsonObject pod, JsonObject volume) =>
        volume.TextAt("hostPath", "path") ?? VolumePaths.Of(VolumeOf(pod, volume));

    // kubelet makes it as root with the folder's own mode: https://github.com/kubernetes/kubernetes,
    // pkg/kubelet/kubelet_pods.go makeMounts. Only a folder that hands its group on gives it the group.
    private string SubPath(string folder, string part)
    {
        var path = folder.TrimEnd('/') + "/" + part.Trim('/');
        if (Files.Find(path) is not null || Files.Find(folder) is not FolderNode above)
            return path;
        var made = Files.MakeFolders(path, above.Mode);
        if ((above.Mode & SetGroup) != 0)
            made.Group = above.Group;
        return path;
    }

    private static bool MayWrite(JsonObject pod, JsonObject container, Node node)
    {
        var user = Number(pod, container, "runAsUser") ?? 0;
        if (user == 0)
            return true;
        var groups = new List<long> { Number(pod, container, "runAsGroup") ?? 0 };
        if (pod.At("spec", "securityContext", "fsGroup").Number() is { } group)
            groups.Add(group);
        groups.AddRange((pod.At("spec", "securityContext", "supplementalGroups") as JsonArray ?? [])
            .Select(each => each.Number() ?? 0));
        var shift = node.Owner == user ? 6 : groups.Contains(node.Group) ? 3 : 0;
        var needed = node is FolderNode ? 3 : 2;
        return ((node.Mode >> shift) & needed) == needed;
    }

    private static long? Number(JsonObject pod, JsonObject container, string field) =>
        container.At("securityContext", field).Number() ?? pod.At("spec", "securityContext", field).Number();

    private string? ProblemOf(JsonObject pod, JsonObject volume)
    {
        foreach (var (part, kind, field) in Sources)
        {
            if (volume.TextAt(part, field) is { } name && !volume.At(part, "optional").IsTrue()
                && Store.Peek("v1", kind, pod.Namespace(), name) is null)
            {
                return $"{kind.ToLowerInvariant()} \"{name}\" not found";
            }
        }

        if (PathOf(pod, volume) is not { } path)
            return null;
        if (VolumeOf(pod, volume).At("spec", "csi") is { } csi)
        {
            var handle = csi.TextAt("volumeHandle");
            if (csi.TextAt("driver") == LonghornProvisioner.Driver
                && LonghornProvisioner.ReplicaOf(cluster, csi) is null)
                return $"rpc error: code = Aborted desc = volume {handle} is not ready for workloads";
            if (ProxmoxCsiVolumes.Problem(cluster, machine, VolumeOf(pod, volume)) is { } problem)
                return problem;
        }

        var node = Files.Find(path);
        return TypeOf(pod, volume) switch
        {
            "local" when node is null => $"path \"{path}\" does not exist",
            "Directory" when node is not FolderNode => $"hostPath type check failed: {path} is not a directory",
            "File" when node is not FileNode => $"hostPath type check failed: {path} is not a file",
            "DirectoryOrCreate" when node is FileNode => $"hostPath type check failed: {path} is not a directory",
            _ => null,
        };
    }

    private string TypeOf(JsonObject pod, JsonObject volume) => IsLocal(pod, volume)
        ? "local"
        : volume.TextAt("hostPath", "type") ?? VolumeOf(pod, volume).TextAt("spec", "hostPath", "type") ?? "";

    // Of CSI volumes with a file system kubelet gives the group too, of NFS it does not.
    private bool HasGroup(JsonObject pod, JsonObject volume) =>
        IsLocal(pod, volume) || VolumeOf(pod, volume).At("spec", "csi") is not null;

    private bool IsLocal(JsonObject pod, JsonObject volume) => VolumeOf(pod, volume).At("spec", "local") is not null;

    private JsonObject? VolumeOf(JsonObject pod, JsonObject volume)
    {
        if (volume.TextAt("persistentVolumeClaim", "claimName") is not { } name)
            return null;
        var claim = Store.Peek("v1", "PersistentVolumeClaim", pod.Namespace(), name);
        return Store.Peek("v1", "PersistentVolume", "", claim.TextAt("spec", "volumeName") ?? "");
    }

    // The same folder of the server on every node that mounts it.
    private void MountRemote(JsonObject pod, JsonObject volume, string path)
    {
        var spec = VolumeOf(pod, volume).At("spec");
        if (Files.MountAtPath(path) is not null)
            return;
        if (spec.At("nfs") is { } nfs
            && cluster.Options.Nfs.Find(nfs.TextAt("server") ?? "", nfs.TextAt("path") ?? "") is { } folder)
        {
            Files.MakeFolders(path);
            Files.MountAt(new Mount(path, $"{nfs.TextAt("server")}:{nfs.TextAt("path")}", "nfs4", "rw", folder));
        }
        else if (ProxmoxCsiVolumes.DiskOf(cluster, machine, VolumeOf(pod, volume)) is { } disk)
        {
            ProxmoxCsiVolumes.Stage(machine, VolumeOf(pod, volume), disk, path);
        }
        else if (LonghornProvisioner.OpenedOf(cluster, spec.At("csi")) is { } replica)
        {
            Files.MakeFolders(path);
            var device = "/dev/longhorn/" + spec.TextAt("csi", "volumeHandle");
            Files.MountAt(new Mount(path, device, "ext4", "rw", replica));
        }
    }

    // https://kubernetes.io/docs/tasks/configure-pod-container/security-context: not done for hostPath.
    private void GiveGroup(string path, int group)
    {
        if (Files.Find(path) is not { } root)
            return;
        foreach (var node in Files.Below(path).Select(found => found.Node).Prepend(root))
        {
            node.Group = group;
            node.Mode |= node is FolderNode ? 0x38 | SetGroup : 0x30;
        }
    }
}
