using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Storage;

/// <summary>
/// Proxmox CSI's controller as csi-attacher calls it: the volume is a drive of the machine that the node is, at the
/// first SCSI slot that is free, and is taken out of it before anybody is told that it is gone.
/// https://github.com/sergelogvinov/proxmox-csi-plugin, pkg/csi/utils.go
/// </summary>
internal sealed class ProxmoxCsiAttacher
{
    private const string ApiVersion = "storage.k8s.io/v1";
    private const string Kind = "VolumeAttachment";
    private const string Finalizer = "external-attacher/csi-proxmox-sinextra-dev";
    private const string Sidecar = "csi-attacher";

    // The first slot is the system's, and the plugin stops before the last one.
    private const int LastSlot = 29;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(10);

    private readonly SimulatedCluster _cluster;
    private (string Uid, ProxmoxCsiApi? Api) _last;

    public ProxmoxCsiAttacher(SimulatedCluster cluster)
    {
        _cluster = cluster;
        cluster.Loop.On("storage.k8s.io", Kind, Reconcile);
        cluster.Loop.On("", "Pod", pod => Programs.Runs(pod, ProxmoxCsiApi.Image)
            ? Store.PeekAll(ApiVersion, Kind).Select(ObjectKey.Of) : [], Reconcile);
    }

    private ClusterStore Store => _cluster.Store;

    private void Reconcile(ObjectKey key)
    {
        if (Store.Peek(ApiVersion, Kind, "", key.Name) is not { } attachment
            || attachment.TextAt("spec", "attacher") != ProxmoxCsiVolumes.Driver
            || Store.Peek("v1", "PersistentVolume", "", VolumeAttachments.VolumeOf(attachment)) is not { } volume)
        {
            return;
        }

        try
        {
            if (ProxmoxCsiApi.Of(_cluster, ref _last) is not { } api)
                return;
            if (attachment.IsGoing())
                Detach(api, attachment.Copy(), volume);
            else if (!attachment.At("status", "attached").IsTrue())
                Attach(api, attachment.Copy(), volume);
        }
        catch (CsiFailure failure)
        {
            if (!failure.IsLock)
                Tell(key, $"rpc error: code = Internal desc = {failure.Message}");
            _cluster.Loop.Again(Reconcile, key, failure.IsLock ? Soon : Later);
        }
    }

    private void Attach(ProxmoxCsiApi api, JsonObject attachment, JsonObject volume)
    {
        if (!HasFinalizer(attachment))
        {
            attachment.Child("metadata")["finalizers"] = new JsonArray(Finalizer);
            attachment = Store.Update(attachment, new WriteOptions { Manager = Sidecar });
        }

        var (region, volid) = Parts(volume);
        if (region != api.Region)
            throw new CsiFailure("region not found");
        var (path, config) = api.MachineOf(UuidOf(attachment)
            ?? throw new CsiFailure($"nodes \"{attachment.TextAt("spec", "nodeName")}\" not found"));
        if (SlotOf(config, volid) is not { } slot)
        {
            var free = Enumerable.Range(1, LastSlot).FirstOrDefault(number => config.TextAt($"scsi{number}") is null);
            if (free == 0)
                throw new CsiFailure("no free lun found");
            api.Post($"{path}/config", new JsonObject
            {
                [$"scsi{free}"] = $"{volid},backup=0,iothread=1,wwn=0x{Wwn(free)}",
            });
            _cluster.Loop.Again(Reconcile, new ObjectKey("", attachment.Name()), Soon);
            return;
        }

        var told = Store.Get(ApiVersion, Kind, "", attachment.Name())!;
        told["status"] = new JsonObject
        {
            ["attached"] = true,
            ["attachmentMetadata"] = new JsonObject
            {
                ["DevicePath"] = $"/dev/disk/by-id/wwn-0x{Wwn(slot)}",
                ["lun"] = slot.ToString(CultureInfo.InvariantCulture),
            },
        };
        Store.UpdateStatus(told, Sidecar);
    }

    private void Detach(ProxmoxCsiApi api, JsonObject attachment, JsonObject volume)
    {
        if (!HasFinalizer(attachment))
            return;
        // Kubelet closes it first; one that is down has nothing open any more.
        if (_cluster.NodeOf(attachment.TextAt("spec", "nodeName")) is { } node && node.IsUp())
            ProxmoxCsiVolumes.Unstage(node, volume);
        if (UuidOf(attachment) is { } uuid)
        {
            var (path, config) = api.MachineOf(uuid);
            if (SlotOf(config, Parts(volume).Volid) is { } slot)
                api.Put($"{path}/unlink", new JsonObject { ["force"] = "0", ["idlist"] = $"scsi{slot}" });
        }

        var since = DateTimeOffset.Parse(
            attachment.TextAt("metadata", "deletionTimestamp") ?? "", CultureInfo.InvariantCulture) - _cluster.Epoch;
        _cluster.Api.Note($"detached {volume.Name()}", since, _cluster.Agenda.Now);
        attachment.Child("metadata")["finalizers"] = new JsonArray();
        Store.Update(attachment, new WriteOptions { Manager = Sidecar });
    }

    private void Tell(ObjectKey key, string problem)
    {
        if (Store.Get(ApiVersion, Kind, "", key.Name) is not { } attachment)
            return;
        var part = attachment.IsGoing() ? "detachError" : "attachError";
        if (attachment.TextAt("status", part, "message") == problem)
            return;
        attachment.Child("status")[part] = new JsonObject { ["message"] = problem };
        Store.UpdateStatus(attachment, Sidecar);
    }

    /// <summary>Of the machine that is the node now; null where there is no such node.</summary>
    private string? UuidOf(JsonObject attachment) =>
        Store.Peek("v1", "Node", "", attachment.TextAt("spec", "nodeName") ?? "")
            .TextAt("status", "nodeInfo", "systemUUID");

    private static bool HasFinalizer(JsonObject attachment) =>
        (attachment.At("metadata", "finalizers") as JsonArray ?? []).Any(each => each.Text() == Finalizer);

    private static (string Region, string Volid) Parts(JsonObject volume) =>
        volume.TextAt("spec", "csi", "volumeHandle")?.Split('/', 4) is [var region, _, var storage, var disk]
            ? (region, $"{storage}:{disk}")
            : throw new CsiFailure("VolumeID must be in the format region/zone/storage/disk");

    private static int? SlotOf(JsonNode? config, string volid)
    {
        for (var slot = 1; slot <= LastSlot; slot++)
        {
            if (config.TextAt($"scsi{slot}")?.Split(',')[0] == volid)
                return slot;
        }

        return null;
    }

    private static string Wwn(int slot) => Convert.ToHexStringLower(
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"PVC-ID{slot:00}")));
}
