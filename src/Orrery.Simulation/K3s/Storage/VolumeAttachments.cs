using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Simulation.Faults;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.K3s.Workloads;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Storage;

/// <summary>
/// Which volumes shall be attached to which nodes, as kube-controller-manager says it to drivers that attach: a volume
/// is for the node of its pods as long as one of them is there, and for no second node before it has left the first.
/// https://github.com/kubernetes/kubernetes, pkg/controller/volume/attachdetach
/// </summary>
internal sealed class VolumeAttachments
{
    private const string ApiVersion = "storage.k8s.io/v1";
    private const string Kind = "VolumeAttachment";
    private const string Manager = "kube-controller-manager";

    private readonly ClusterStore _store;

    public VolumeAttachments(SimulatedCluster cluster)
    {
        _store = cluster.Store;
        cluster.Loop.On("", "Pod", pod => ClaimsOf(pod).Select(VolumeOf).OfType<ObjectKey>().ToList(), Reconcile);
        cluster.Loop.On("", "PersistentVolume", Reconcile);
        cluster.Loop.On(
            "storage.k8s.io", Kind, static item => [new ObjectKey("", VolumeOf(item))], Reconcile);
    }

    /// <summary>The attachment of a volume to a node; null where there is none.</summary>
    public static JsonObject? Find(ClusterStore store, string volume, string node) =>
        store.PeekAll(ApiVersion, Kind)
            .FirstOrDefault(item => VolumeOf(item) == volume && item.TextAt("spec", "nodeName") == node);

    public static string VolumeOf(JsonObject attachment) =>
        attachment.TextAt("spec", "source", "persistentVolumeName") ?? "";

    private void Reconcile(ObjectKey key)
    {
        var volume = _store.Peek("v1", "PersistentVolume", "", key.Name);
        if (volume.TextAt("spec", "csi", "driver") is not { } driver
            || _store.Peek(ApiVersion, "CSIDriver", "", driver) is not { } known
            || !known.At("spec", "attachRequired").IsTrue())
        {
            return;
        }

        var users = UsersOf(volume!);
        var wanted = users.Select(pod => pod.TextAt("spec", "nodeName") ?? "").Distinct().ToList();
        var there = _store.PeekAll(ApiVersion, Kind).Where(item => VolumeOf(item) == key.Name).ToList();
        foreach (var left in there.Where(item => !item.IsGoing() && !wanted.Contains(NodeOf(item))))
            _store.Delete(ApiVersion, Kind, "", left.Name());
        foreach (var node in wanted.Where(node => !there.Exists(item => NodeOf(item) == node)))
        {
            if (there.Count > 0)
            {
                Events.Tell(
                    _store, users.First(pod => pod.TextAt("spec", "nodeName") == node), "attachdetach-controller",
                    ("FailedAttachVolume", $"Multi-Attach error for volume \"{key.Name}\" Volume is already "
                        + "exclusively attached to one node and can't be attached to another"), isWarning: true);
                return;
            }

            var hash = StableHash.Of(0).And(key.Name).And(driver).And(node).Value;
            var made = Objects.Of(
                ApiVersion, Kind, "", string.Create(CultureInfo.InvariantCulture, $"csi-{hash:x16}"));
            made["spec"] = new JsonObject
            {
                ["attacher"] = driver,
                ["nodeName"] = node,
                ["source"] = new JsonObject { ["persistentVolumeName"] = key.Name },
            };
            _store.Create(made, new WriteOptions { Manager = Manager });
            return;
        }
    }

    /// <summary>Pods that have a node and are not over: what is being deleted still has the volume open.</summary>
    private List<JsonObject> UsersOf(JsonObject volume)
    {
        var claim = new ObjectKey(
            volume.TextAt("spec", "claimRef", "namespace") ?? "", volume.TextAt("spec", "claimRef", "name") ?? "");
        return
        [
            .. _store.PeekAll("v1", "Pod", claim.Namespace).Where(pod => !pod.IsFinished()
                && pod.TextAt("spec", "nodeName") is { Length: > 0 } && ClaimsOf(pod).Contains(claim)
                && VolumeOf(claim) is { } bound && bound.Name == volume.Name()),
        ];
    }

    private ObjectKey? VolumeOf(ObjectKey claim) =>
        _store.Peek("v1", "PersistentVolumeClaim", claim.Namespace, claim.Name).TextAt("spec", "volumeName")
            is { Length: > 0 } name
            ? new ObjectKey("", name)
            : null;

    private static string NodeOf(JsonObject attachment) => attachment.TextAt("spec", "nodeName") ?? "";

    private static IEnumerable<ObjectKey> ClaimsOf(JsonObject pod) => pod.At("spec", "volumes").Items()
        .Select(volume => volume.TextAt("persistentVolumeClaim", "claimName")).OfType<string>()
        .Select(claim => new ObjectKey(pod.Namespace(), claim));
}
