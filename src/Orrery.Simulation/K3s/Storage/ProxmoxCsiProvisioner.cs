using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Storage;

/// <summary>
/// Proxmox CSI's controller as csi-provisioner calls it: a volume for each claim on the storage that the class names,
/// on the host of the node that was chosen. It belongs to a machine's number that nobody has.
/// https://github.com/sergelogvinov/proxmox-csi-plugin, pkg/csi/controller.go
/// </summary>
internal sealed class ProxmoxCsiProvisioner
{
    private const string Region = "topology.kubernetes.io/region";
    private const string Zone = "topology.kubernetes.io/zone";
    private const string Sidecar = "csi-provisioner";

    /// <summary>DefaultControllerVMID.</summary>
    private const int Owner = 9999;

    // MinChunkSizeBytes.
    private const long Chunk = 512L << 20;

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);

    private readonly SimulatedCluster _cluster;
    private (string Uid, ProxmoxCsiApi? Api) _last;

    public ProxmoxCsiProvisioner(SimulatedCluster cluster)
    {
        _cluster = cluster;
        cluster.Loop.On("", "PersistentVolumeClaim", Provision);
        cluster.Loop.On("", "Pod", pod => Programs.Runs(pod, ProxmoxCsiApi.Image)
            ? Store.PeekAll("v1", "PersistentVolumeClaim").Select(ObjectKey.Of) : [], Provision);
        cluster.Loop.On("", "PersistentVolume", Delete);
    }

    private ClusterStore Store => _cluster.Store;

    private void Provision(ObjectKey key)
    {
        if (Store.Peek("v1", "PersistentVolumeClaim", key.Namespace, key.Name) is not { } claim || claim.IsGoing()
            || claim.TextAt("status", "phase") == "Bound"
            || StorageClasses.Of(Store, claim) is not { } kind
            || kind.TextAt("provisioner") != ProxmoxCsiVolumes.Driver
            || Store.Peek("v1", "PersistentVolume", "", ProvisionedVolume.NameOf(claim)) is not null)
        {
            return;
        }

        var chosen = claim.TextAt("metadata", "annotations", "volume.kubernetes.io/selected-node");
        if (chosen is null && StorageClasses.WaitsForConsumer(Store, claim))
            return;
        try
        {
            if (ProxmoxCsiApi.Of(_cluster, ref _last) is { } api)
                Provision(api, claim.Copy(), kind, Store.Peek("v1", "Node", "", chosen ?? ""));
        }
        catch (CsiFailure failure)
        {
            Events.Tell(
                Store, claim, ProxmoxCsiVolumes.Driver,
                ("ProvisioningFailed", $"failed to provision volume with StorageClass \"{kind.Name()}\": rpc error: "
                    + $"code = Internal desc = {failure.Message}"), isWarning: true);
            _cluster.Loop.Again(Provision, key, Again);
        }
    }

    private void Provision(ProxmoxCsiApi api, JsonObject claim, JsonObject kind, JsonObject? node)
    {
        var (region, zone) = (node.Labels()?[Region].Text(), node.Labels()?[Zone].Text());
        if (region is null || zone is null)
            throw new CsiFailure("error generating accessibility requirements: no available topology found");
        if (region != api.Region)
            throw new CsiFailure("region not found");
        if (kind.TextAt("parameters", "storage") is not { Length: > 0 } storage)
            throw new CsiFailure("parameter storage must be provided");
        var isFile = api.Get($"/nodes/{zone}/storage/{storage}/status").TextAt("type") is "dir" or "nfs";
        var name = $"vm-{Owner}-{ProvisionedVolume.NameOf(claim)}{(isFile ? ".raw" : "")}";
        var disk = isFile ? $"{Owner}/{name}" : name;
        var path = $"/nodes/{zone}/storage/{storage}/content";
        if (!api.Get(path).Items().Any(item => item.TextAt("volid") == $"{storage}:{disk}"))
        {
            var asked = (long)StorageClasses.Bytes(claim.TextAt("spec", "resources", "requests", "storage"));
            var bytes = Chunk * Math.Max(1, (asked + Chunk - 1) / Chunk);
            api.Post(path, new JsonObject
            {
                ["filename"] = name,
                ["size"] = (bytes >> 10).ToString(CultureInfo.InvariantCulture),
                ["vmid"] = Owner.ToString(CultureInfo.InvariantCulture),
            });
        }

        var made = ProvisionedVolume.Of(claim, kind);
        var spec = made.Child("spec");
        spec["csi"] = new JsonObject
        {
            ["driver"] = ProxmoxCsiVolumes.Driver,
            ["fsType"] = kind.TextAt("parameters", "csi.storage.k8s.io/fstype") ?? "ext4",
            ["volumeAttributes"] = new JsonObject { ["storage"] = storage },
            ["volumeHandle"] = $"{region}/{zone}/{storage}/{disk}",
        };
        spec["nodeAffinity"] = JsonNode.Parse($$$"""
            {"required":{"nodeSelectorTerms":[{"matchExpressions":[
              {"key":"{{{Region}}}","operator":"In","values":["{{{region}}}"]},
              {"key":"{{{Zone}}}","operator":"In","values":["{{{zone}}}"]}]}]}}
            """);
        Store.Create(made, new WriteOptions { Manager = Sidecar });
    }

    private void Delete(ObjectKey key)
    {
        if (Store.Peek("v1", "PersistentVolume", "", key.Name) is not { } volume
            || volume.TextAt("status", "phase") != "Released"
            || volume.TextAt("spec", "persistentVolumeReclaimPolicy") != "Delete"
            || volume.TextAt("spec", "csi", "driver") != ProxmoxCsiVolumes.Driver
            || volume.TextAt("spec", "csi", "volumeHandle")?.Split('/', 4) is not [_, var zone, var storage, var disk])
        {
            return;
        }

        try
        {
            if (ProxmoxCsiApi.Of(_cluster, ref _last) is not { } api)
                return;
            api.Delete($"/nodes/{zone}/storage/{storage}/content/{Uri.EscapeDataString(disk)}");
            Store.Delete("v1", "PersistentVolume", "", key.Name);
        }
        catch (CsiFailure failure)
        {
            Events.Tell(
                Store, volume, ProxmoxCsiVolumes.Driver,
                ("VolumeFailedDelete", $"rpc error: code = Internal desc = {failure.Message}"), isWarning: true);
            _cluster.Loop.Again(Delete, key, Again);
        }
    }
}
