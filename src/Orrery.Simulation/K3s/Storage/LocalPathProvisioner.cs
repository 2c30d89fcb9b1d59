using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Storage;

/// <summary>
/// Rancher's local-path-provisioner, while its pod runs: a folder of the node for each claim, named by the class'
/// pattern or, without one, by the volume's random id. https://github.com/rancher/local-path-provisioner#readme
/// </summary>
internal sealed partial class LocalPathProvisioner
{
    private const string Provisioner = "rancher.io/local-path";
    private const string Image = "local-path-provisioner";

    private readonly SimulatedCluster _cluster;

    public LocalPathProvisioner(SimulatedCluster cluster)
    {
        _cluster = cluster;
        cluster.Loop.On("", "PersistentVolumeClaim", Provision);
        cluster.Loop.On("", "PersistentVolume", Delete);
        cluster.Loop.On("", "Pod", pod => Programs.Runs(pod, Image)
            ? Store.PeekAll("v1", "PersistentVolumeClaim").Select(ObjectKey.Of) : [], Provision);
    }

    private ClusterStore Store => _cluster.Store;

    private void Provision(ObjectKey key)
    {
        if (Store.Peek("v1", "PersistentVolumeClaim", key.Namespace, key.Name) is not { } claim || claim.IsGoing()
            || claim.TextAt("status", "phase") == "Bound"
            || StorageClasses.Of(Store, claim) is not { } kind || kind.TextAt("provisioner") != Provisioner)
        {
            return;
        }

        var node = claim.TextAt("metadata", "annotations", "volume.kubernetes.io/selected-node");
        if (node is null && StorageClasses.WaitsForConsumer(Store, claim))
            return;
        if (Programs.Ready(Store, Image).FirstOrDefault() is not { } pod || Config(pod) is not { } config)
            return;
        var volume = ProvisionedVolume.NameOf(claim);
        if (Store.Peek("v1", "PersistentVolume", "", volume) is not null
            || (_cluster.NodeOf(node) ?? _cluster.Nodes[0]) is not { } place
            || FolderIn(config, place.Name) is not { } folder)
        {
            return;
        }

        var path = folder.TrimEnd('/') + "/" + Named(kind, claim, volume);
        SetUp(place, path, config.TextAt("data", "setup") ?? "");
        Store.Create(Volume(claim.Copy(), kind, path, place.Name), new WriteOptions { Manager = Image });
    }

    private static string Named(JsonObject kind, JsonObject claim, string volume)
    {
        if (kind.TextAt("parameters", "pathPattern") is not { Length: > 0 } pattern)
            return $"{volume}_{claim.Namespace()}_{claim.Name()}";
        return Placeholder().Replace(pattern, match => match.Groups["field"].Value switch
        {
            "PVC.Namespace" => claim.Namespace(),
            "PVC.Name" => claim.Name(),
            "PVName" => volume,
            _ => "<no value>",
        });
    }

    // The only things of the two scripts that matter here: how the folder is made, and whether it is kept.
    private static void SetUp(ClusterNode place, string path, string script)
    {
        var mode = MakeFolder().Match(script) is { Success: true } match
            ? Convert.ToInt32(match.Groups["mode"].Value, 8)
            : 0x1FF;
        if (!place.Machine.Files.Exists(path))
            place.Machine.Files.MakeFolders(path, mode);
    }

    private void Delete(ObjectKey key)
    {
        if (Store.Peek("v1", "PersistentVolume", "", key.Name) is not { } volume
            || volume.TextAt("status", "phase") != "Released"
            || volume.TextAt("spec", "persistentVolumeReclaimPolicy") != "Delete"
            || volume.TextAt("metadata", "annotations", "pv.kubernetes.io/provisioned-by") != Provisioner
            || Programs.Ready(Store, Image).FirstOrDefault() is not { } pod || Config(pod) is not { } config)
        {
            return;
        }

        var path = VolumePaths.Of(volume) ?? "";
        var isRemoved = (config.TextAt("data", "teardown") ?? "").Contains("rm -rf", StringComparison.Ordinal);
        var place = _cluster.NodeOf(PlaceOf(volume)) ?? _cluster.Nodes[0];
        if (isRemoved && place.Machine.Files.Exists(path))
            place.Machine.Files.Remove(path, recursive: true);
        Store.Delete("v1", "PersistentVolume", "", key.Name);
    }

    private JsonObject? Config(JsonObject pod)
    {
        var name = pod.At("spec", "volumes").Items().Select(volume => volume.TextAt("configMap", "name"))
            .OfType<string>().FirstOrDefault(each => each != "kube-root-ca.crt");
        return name is null ? null : Store.Peek("v1", "ConfigMap", pod.Namespace(), name);
    }

    private static string? PlaceOf(JsonObject volume) =>
        volume.At("spec", "nodeAffinity", "required", "nodeSelectorTerms").Items()
            .SelectMany(term => term["matchExpressions"].Items())
            .SelectMany(match => match["values"] as JsonArray ?? [])
            .Select(value => value.Text()).FirstOrDefault();

    private static string? FolderIn(JsonObject config, string node)
    {
        try
        {
            var map = JsonNode.Parse(config.TextAt("data", "config.json") ?? "").At("nodePathMap").Items().ToList();
            var entry = map.Find(each => each.TextAt("node") == node)
                ?? map.Find(each => each.TextAt("node") == "DEFAULT_PATH_FOR_NON_LISTED_NODES");
            return (entry.At("paths") as JsonArray ?? []).Select(path => path.Text()).OfType<string>().FirstOrDefault();
        }
        catch (JsonException)
        {
            // The real one keeps its last configuration; without any it does not start.
            return null;
        }
    }

    private static JsonObject Volume(JsonObject claim, JsonObject kind, string path, string node)
    {
        var made = ProvisionedVolume.Of(claim, kind);
        var isLocal = (claim.TextAt("metadata", "annotations", "volumeType")
            ?? kind.TextAt("metadata", "annotations", "defaultVolumeType")) == "local";
        var spec = made.Child("spec");
        spec[isLocal ? "local" : "hostPath"] = isLocal
            ? new JsonObject { ["path"] = path }
            : new JsonObject { ["path"] = path, ["type"] = "DirectoryOrCreate" };
        spec["nodeAffinity"] = JsonNode.Parse($$$"""
            {"required":{"nodeSelectorTerms":[{"matchExpressions":[
              {"key":"kubernetes.io/hostname","operator":"In","values":["{{{node}}}"]}]}]}}
            """);
        return made;
    }

    [GeneratedRegex(@"\{\{\s*\.(?<field>[A-Za-z.]+)\s*\}\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"mkdir\s+-m\s+(?<mode>[0-7]{3,4})\s", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MakeFolder();
}
