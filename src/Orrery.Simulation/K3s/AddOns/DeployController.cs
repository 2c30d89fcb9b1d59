using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Machines;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.K3s.AddOns;

/// <summary>
/// Applies what stands below <c>server/manifests</c>: everything at each start, afterwards what changed. Each file is
/// an Addon. A file that goes leaves its objects. https://docs.k3s.io/installation/packaged-components
/// </summary>
internal sealed class DeployController
{
    private const string Manager = "deploy@k3s";

    private readonly SimulatedCluster _cluster;
    private readonly SortedDictionary<string, int> _failures = new(StringComparer.Ordinal);

    public DeployController(SimulatedCluster cluster)
    {
        _cluster = cluster;
        Follow(cluster.Machine);
    }

    private ClusterStore Store => _cluster.Store;

    private string Folder => _cluster.Given.DataFolder + "/server/manifests";

    /// <summary>Its files are on this machine from now on.</summary>
    public void Follow(Machine machine) => machine.Files.Changed += path =>
    {
        if (_cluster.Machine == machine && _cluster.IsRunning
            && path.StartsWith(Folder + "/", StringComparison.Ordinal) && IsManifest(path))
        {
            _cluster.After(_cluster.Latencies.Rescan, () => Deploy(path, isForced: false));
        }
    };

    public void Begin()
    {
        foreach (var definition in PackagedComponents.Definitions)
        {
            if (Store.Peek("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", definition.Name()) is null)
                Store.Create(definition.Copy(), new WriteOptions { Manager = "k3s" });
        }

        _cluster.After(_cluster.Latencies.Deploy, () =>
        {
            WritePackaged();
            _failures.Clear();
            foreach (var (path, node) in _cluster.Machine.Files.Below(Folder).ToList())
            {
                if (node is FileNode && IsManifest(path))
                    Deploy(path, isForced: true);
            }
        });
    }

    // The parts that K3s brings are files of the same folder; it writes them back at each start.
    private void WritePackaged()
    {
        var disabled = _cluster.Given.Flags.TryGetValue("disable", out var names)
            ? names.Split(['\n', ','], StringSplitOptions.TrimEntries)
            : [];
        var storage = _cluster.Given.Flags.TryGetValue("default-local-storage-path", out var given)
            ? given
            : _cluster.Given.DataFolder + "/storage";
        foreach (var (name, text) in PackagedComponents.Files(storage))
        {
            var path = $"{Folder}/{name}.yaml";
            if (disabled.Contains(name))
                Disable(path, text);
            else if (!_cluster.Machine.Files.Exists(path + ".skip"))
                _cluster.Machine.Files.WriteText(path, text, 0x180);
        }
    }

    // https://docs.k3s.io/installation/packaged-components#disabling-manifests: uninstalled where it was installed.
    private void Disable(string path, string text)
    {
        if (!_cluster.Machine.Files.Exists(path))
            return;
        _cluster.Machine.Files.Remove(path);
        foreach (var item in YamlDocuments.All(text).OfType<JsonObject>())
            Store.Delete(item.TextAt("apiVersion") ?? "", item.TextAt("kind") ?? "", item.Namespace(), item.Name());
    }

    private void Deploy(string path, bool isForced)
    {
        if (_cluster.Machine.Files.TryReadText(path) is not { } text || _cluster.Machine.Files.Exists(path + ".skip"))
            return;
        var sum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        var name = Path.GetFileNameWithoutExtension(path);
        try
        {
            var addon = AddOn(name, path);
            if (!isForced && addon.TextAt("spec", "checksum") == sum)
                return;
            Event(addon, "ApplyingManifest", $"Applying manifest at \"{path}\"");
            foreach (var item in YamlDocuments.All(text).OfType<JsonObject>())
                Apply(item, addon);
            addon.Child("spec")["checksum"] = sum;
            Store.Update(addon, new WriteOptions { Manager = Manager });
            Event(addon, "AppliedManifest", $"Applied manifest at \"{path}\"");
            _failures.Remove(path);
        }
        catch (ApiFailure)
        {
            // Kinds and namespaces that come later: it goes on trying, as the real one does.
            var failures = _failures.GetValueOrDefault(path);
            _failures[path] = Math.Min(failures + 1, 4);
            _cluster.After(_cluster.Latencies.Retry * Math.Pow(2, failures), () => Deploy(path, isForced: true));
        }
    }

    private JsonObject AddOn(string name, string path)
    {
        if (Store.Get("k3s.cattle.io/v1", "Addon", "kube-system", name) is { } found)
            return found;
        var made = Objects.Of("k3s.cattle.io/v1", "Addon", "kube-system", name)
            .With("spec", new JsonObject { ["source"] = path, ["checksum"] = "" });
        return Store.Create(made, new WriteOptions { Manager = Manager });
    }

    private void Apply(JsonObject given, JsonObject addon)
    {
        var item = given.Copy();
        if (Store.KindOf(item).IsNamespaced && item.Namespace().Length == 0)
            item.Child("metadata")["namespace"] = "default";
        var annotations = item.Child("metadata").Child("annotations");
        annotations["objectset.rio.cattle.io/owner-gvk"] = "k3s.cattle.io/v1, Kind=Addon";
        annotations["objectset.rio.cattle.io/owner-name"] = addon.Name();
        annotations["objectset.rio.cattle.io/owner-namespace"] = addon.Namespace();
        Store.Apply(item, new WriteOptions { Manager = Manager, Force = true });
    }

    private void Event(JsonObject about, string reason, string message) =>
        Events.Tell(Store, about, "addon-controller", (reason, message));

    private static bool IsManifest(string path) => Path.GetExtension(path) is ".yaml" or ".yml" or ".json";
}
