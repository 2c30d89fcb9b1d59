using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.K3s.Workloads;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.K3s.Storage;

/// <summary>
/// Longhorn while its managers run: a volume for each claim, with replicas below the data path of as many nodes as the
/// class wants and there are. Which folder of which disk is a replica of which volume its own objects in the cluster
/// say, and nothing on the disk: without them the folders belong to nobody. https://longhorn.io/docs/
/// </summary>
internal sealed class LonghornProvisioner
{
    public const string Driver = "driver.longhorn.io";

    private const string Image = "longhorn-manager";
    private const string Version = "longhorn.io/v1beta2";

    private readonly SimulatedCluster _cluster;

    public LonghornProvisioner(SimulatedCluster cluster)
    {
        _cluster = cluster;
        cluster.Loop.On("", "PersistentVolumeClaim", Provision);
        cluster.Loop.On("", "Pod", pod => Programs.Runs(pod, Image)
            ? Store.PeekAll("v1", "PersistentVolumeClaim").Select(ObjectKey.Of) : [], Provision);
        cluster.Loop.On("", "Pod", ClaimsOf, Attach);
    }

    private ClusterStore Store => _cluster.Store;

    private bool HasManagers => Programs.Ready(Store, Image).Any();

    /// <summary>A replica on a node that is up; null where none is, and for other drivers' volumes.</summary>
    public static FolderNode? ReplicaOf(SimulatedCluster cluster, JsonNode? csi) =>
        Replicas(cluster, csi).Select(replica => replica.Folder).FirstOrDefault();

    /// <summary>
    /// The same, for a pod that writes to it: one engine writes to all replicas at once, and so they are one folder
    /// here.
    /// </summary>
    public static FolderNode? OpenedOf(SimulatedCluster cluster, JsonNode? csi)
    {
        FolderNode? opened = null;
        foreach (var (above, name, folder) in Replicas(cluster, csi).ToList())
            above.Children[name] = opened ??= folder;
        return opened;
    }

    private static IEnumerable<(FolderNode Above, string Name, FolderNode Folder)> Replicas(
        SimulatedCluster cluster, JsonNode? csi)
    {
        if (csi.TextAt("driver") != Driver)
            yield break;
        foreach (var replica in cluster.Store.PeekAll(Version, "Replica")
            .Where(each => each.TextAt("spec", "volumeName") == csi.TextAt("volumeHandle")))
        {
            var name = replica.TextAt("spec", "dataDirectoryName") ?? "";
            var path = FolderOf(replica.TextAt("spec", "diskPath") ?? "");
            if (cluster.NodeOf(replica.TextAt("spec", "nodeID")) is { } node && node.IsUp()
                && node.Machine.Files.Find(path) is FolderNode above
                && above.Children.GetValueOrDefault(name) is FolderNode folder)
            {
                yield return (above, name, folder);
            }
        }
    }

    private void Provision(ObjectKey key)
    {
        if (Store.Peek("v1", "PersistentVolumeClaim", key.Namespace, key.Name) is not { } claim || claim.IsGoing()
            || claim.TextAt("status", "phase") == "Bound"
            || StorageClasses.Of(Store, claim) is not { } kind || kind.TextAt("provisioner") != Driver
            || Store.Peek("v1", "PersistentVolume", "", ProvisionedVolume.NameOf(claim)) is not null)
        {
            return;
        }

        var managers = Programs.Ready(Store, Image).OrderBy(pod => pod.TextAt("spec", "nodeName")).ToList();
        if (managers.Count == 0)
            return;
        var name = ProvisionedVolume.NameOf(claim);
        var space = managers[0].Namespace();
        var count = int.TryParse(kind.TextAt("parameters", "numberOfReplicas"), out var wanted) ? wanted : 3;
        if (Store.Peek(Version, "Volume", space, name) is null)
        {
            var volume = Objects.Of(Version, "Volume", space, name);
            volume["spec"] = new JsonObject { ["frontend"] = "blockdev", ["numberOfReplicas"] = count };
            Store.Create(volume, new WriteOptions { Manager = Image });
            Place(managers.Take(count), name);
        }

        var made = ProvisionedVolume.Of(claim, kind);
        made.Child("spec")["csi"] = new JsonObject
        {
            ["driver"] = Driver,
            ["fsType"] = "ext4",
            ["volumeHandle"] = name,
        };
        Store.Create(made, new WriteOptions { Manager = Image });
    }

    private void Place(IEnumerable<JsonObject> managers, string volume)
    {
        FolderNode? written = null;
        foreach (var pod in managers)
        {
            if (_cluster.NodeOf(pod.TextAt("spec", "nodeName")) is not { } node)
                continue;
            var data = DataPathOf(pod);
            var folder = $"{volume}-{Store.Identifiers.NameSuffix()}";
            node.Machine.Files.MakeFolders(FolderOf(data)).Children[folder] = written ??= new FolderNode();
            var replica = Objects.Of(
                Version, "Replica", pod.Namespace(), $"{volume}-r-{Store.Identifiers.NameSuffix()}");
            replica["spec"] = new JsonObject
            {
                ["dataDirectoryName"] = folder,
                ["diskPath"] = data,
                ["failedAt"] = "",
                ["nodeID"] = node.Name,
                ["volumeName"] = volume,
            };
            Store.Create(replica, new WriteOptions { Manager = Image });
        }
    }

    private static IEnumerable<ObjectKey> ClaimsOf(JsonObject pod) => pod.At("spec", "volumes").Items()
        .Select(volume => volume.TextAt("persistentVolumeClaim", "claimName")).OfType<string>()
        .Select(claim => new ObjectKey(pod.Namespace(), claim));

    // A volume is attached while a pod that is bound to a node has its claim.
    private void Attach(ObjectKey key)
    {
        var claim = Store.Peek("v1", "PersistentVolumeClaim", key.Namespace, key.Name);
        var name = Store.Peek("v1", "PersistentVolume", "", claim.TextAt("spec", "volumeName") ?? "")
            .TextAt("spec", "csi", "volumeHandle");
        var item = Store.PeekAll(Version, "Volume").FirstOrDefault(volume => volume.Name() == name)?.Copy();
        if (item is null || !HasManagers)
            return;
        var isUsed = Store.PeekAll("v1", "Pod", key.Namespace).Any(pod => !pod.IsFinished()
            && pod.TextAt("spec", "nodeName") is { Length: > 0 } && ClaimsOf(pod).Contains(key));
        var state = isUsed ? "attached" : "detached";
        if (item.TextAt("status", "state") == state)
            return;
        item.Child("status")["state"] = state;
        Store.UpdateStatus(item, Image);
    }

    private static string FolderOf(string data) => data.TrimEnd('/') + "/replicas";

    private static string DataPathOf(JsonObject pod) => pod.At("spec", "containers").Items().First()["env"].Items()
        .FirstOrDefault(each => each.TextAt("name") == "DATA_PATH").TextAt("value") ?? "/var/lib/longhorn";
}
