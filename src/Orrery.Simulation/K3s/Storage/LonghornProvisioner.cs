using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.K3s.Storage;

/// <summary>
/// Longhorn while its managers run: a volume for each claim, with replicas below the data path of as many nodes as the
/// class wants and there are. Which replica is of which volume is known to the cluster alone; what lies on disks of
/// another cluster's volumes is left there and belongs to nobody. https://longhorn.io/docs/
/// </summary>
internal sealed class LonghornProvisioner
{
    public const string Driver = "driver.longhorn.io";

    private const string Image = "longhorn-manager";

    private readonly SimulatedCluster _cluster;

    public LonghornProvisioner(SimulatedCluster cluster)
    {
        _cluster = cluster;
        cluster.Loop.On("", "PersistentVolumeClaim", Provision);
        cluster.Loop.On("", "Pod", pod => Programs.Runs(pod, Image)
            ? Store.PeekAll("v1", "PersistentVolumeClaim").Select(ObjectKey.Of) : [], Provision);
    }

    private ClusterStore Store => _cluster.Store;

    /// <summary>A replica on a node that is up; null where none is, and for other drivers' volumes.</summary>
    public static FolderNode? ReplicaOf(SimulatedCluster cluster, JsonNode? csi) => csi.TextAt("driver") != Driver
        ? null
        : cluster.Nodes.Where(node => node.IsUp())
            .Select(node => node.Machine.Files.Find(csi.TextAt("volumeAttributes", "replicas") ?? "") as FolderNode)
            .FirstOrDefault(folder => folder is not null);

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
        var path = DataPathOf(managers[0]).TrimEnd('/') + "/replicas/" + name;
        Place(managers, path, int.TryParse(kind.TextAt("parameters", "numberOfReplicas"), out var wanted) ? wanted : 3);
        var made = ProvisionedVolume.Of(claim, kind);
        made.Child("spec")["csi"] = new JsonObject
        {
            ["driver"] = Driver,
            ["fsType"] = "ext4",
            ["volumeAttributes"] = new JsonObject { ["replicas"] = path },
            ["volumeHandle"] = name,
        };
        Store.Create(made, new WriteOptions { Manager = Image });
    }

    // One engine writes to all replicas at once: they are the same folder here.
    private void Place(IEnumerable<JsonObject> managers, string path, int count)
    {
        FolderNode? written = null;
        foreach (var node in managers.Select(pod => _cluster.NodeOf(pod.TextAt("spec", "nodeName")))
            .OfType<ClusterNode>().Take(count))
        {
            var above = node.Machine.Files.MakeFolders(path[..path.LastIndexOf('/')]);
            above.Children[path[(path.LastIndexOf('/') + 1)..]] = written ??= new FolderNode();
        }
    }

    private static string DataPathOf(JsonObject pod) => pod.At("spec", "containers").Items().First()["env"].Items()
        .FirstOrDefault(each => each.TextAt("name") == "DATA_PATH").TextAt("value") ?? "/var/lib/longhorn";
}
