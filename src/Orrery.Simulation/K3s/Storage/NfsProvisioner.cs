using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.K3s.Storage;

/// <summary>
/// nfs-subdir-external-provisioner while its pod runs: a folder of the export for each claim, named by the class'
/// pattern or, without one, by the volume's random id, and deleted, renamed or kept with its volume.
/// https://github.com/kubernetes-sigs/nfs-subdir-external-provisioner
/// </summary>
internal sealed partial class NfsProvisioner
{
    private const string Image = "nfs-subdir-external-provisioner";

    private readonly SimulatedCluster _cluster;

    public NfsProvisioner(SimulatedCluster cluster)
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
            || claim.TextAt("status", "phase") == "Bound" || StorageClasses.Of(Store, claim) is not { } kind
            || Serving(kind) is not { } served
            || Store.Peek("v1", "PersistentVolume", "", ProvisionedVolume.NameOf(claim)) is not null)
        {
            return;
        }

        var folder = FolderOf(kind, claim);
        _cluster.Options.Nfs.Export(served.Server, served.Path).MakeFolder(folder);
        var made = ProvisionedVolume.Of(claim, kind);
        var path = $"{served.Path.TrimEnd('/')}/{folder}";
        made.Child("spec")["nfs"] = new JsonObject { ["server"] = served.Server, ["path"] = path };
        Store.Create(made, new WriteOptions { Manager = Image });
    }

    private void Delete(ObjectKey key)
    {
        if (Store.Peek("v1", "PersistentVolume", "", key.Name) is not { } volume
            || volume.TextAt("status", "phase") != "Released"
            || volume.TextAt("spec", "persistentVolumeReclaimPolicy") != "Delete"
            || Store.Peek("storage.k8s.io/v1", "StorageClass", "", volume.TextAt("spec", "storageClassName") ?? "")
                is not { } kind
            || Serving(kind) is not { } served)
        {
            return;
        }

        var folder = (volume.TextAt("spec", "nfs", "path") ?? "")[served.Path.TrimEnd('/').Length..].Trim('/');
        if (kind.TextAt("parameters", "onDelete") != "retain")
            _cluster.Options.Nfs.Export(served.Server, served.Path).Remove(folder);
        Store.Delete("v1", "PersistentVolume", "", key.Name);
    }

    /// <summary>The export of a ready pod that serves a class; null while none does.</summary>
    private (string Server, string Path)? Serving(JsonObject kind)
    {
        foreach (var pod in Programs.Ready(Store, Image))
        {
            string? Variable(string name) => pod.At("spec", "containers").Items().First()["env"].Items()
                .FirstOrDefault(each => each.TextAt("name") == name).TextAt("value");
            if (Variable("PROVISIONER_NAME") == kind.TextAt("provisioner")
                && Variable("NFS_SERVER") is { } server && Variable("NFS_PATH") is { } path)
                return (server, path);
        }

        return null;
    }

    private static string FolderOf(JsonObject kind, JsonObject claim) =>
        kind.TextAt("parameters", "pathPattern") is { Length: > 0 } pattern
            ? Placeholder().Replace(pattern, match => match.Groups["field"].Value switch
            {
                "namespace" => claim.Namespace(),
                "name" => claim.Name(),
                _ => "",
            })
            : $"{claim.Namespace()}-{claim.Name()}-{ProvisionedVolume.NameOf(claim)}";

    [GeneratedRegex(@"\$\{\.PVC\.(?<field>[a-z]+)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Placeholder();
}

/// <summary>What NFS servers export; it outlives every cluster that writes there.</summary>
public sealed class NfsExports
{
    private readonly SortedDictionary<string, NfsExport> _exports = new(StringComparer.Ordinal);

    /// <summary>All files, by server and path.</summary>
    public IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> Files() =>
        from export in _exports
        from folder in export.Value.Folders
        from file in folder.Value.Children
        where file.Value is FileNode
        select KeyValuePair.Create<string, ReadOnlyMemory<byte>>(
            $"{export.Key}/{folder.Key}/{file.Key}", ((FileNode)file.Value).Content);

    internal NfsExport Export(string server, string path)
    {
        var name = $"{server}:{path.TrimEnd('/')}";
        if (!_exports.TryGetValue(name, out var export))
            _exports[name] = export = new NfsExport();
        return export;
    }

    /// <summary>The folder that a node mounts; null where no export has it.</summary>
    internal FolderNode? Find(string server, string path)
    {
        foreach (var (name, export) in _exports)
        {
            var start = name + "/";
            if ($"{server}:{path}".StartsWith(start, StringComparison.Ordinal))
                return export.Find($"{server}:{path}"[start.Length..]);
        }

        return null;
    }
}

/// <summary>One exported folder.</summary>
internal sealed class NfsExport
{
    private readonly SortedDictionary<string, FolderNode> _folders = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, FolderNode> Folders => _folders;

    /// <summary>One that is there is left as it is.</summary>
    public void MakeFolder(string path)
    {
        // The provisioner opens it for whoever mounts it.
        if (!_folders.ContainsKey(path))
            _folders[path] = new FolderNode { Mode = 0x1FF };
    }

    public FolderNode? Find(string path) => _folders.GetValueOrDefault(path);

    public void Remove(string path) => _folders.Remove(path);
}
