using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Shapes;

namespace Orrery.Simulation.ArgoCd.Rendering;

/// <summary>
/// A folder with a kustomization (https://kubectl.docs.kubernetes.io/references/kustomize/). Fields that are not here
/// are refused by their name, never passed over.
/// </summary>
/// <param name="plugin">The one that generators may call; null where none is enabled.</param>
internal sealed class Kustomization(
    ValueMap<string> files, Func<JsonObject, Shape> shapeOf, Ksops? plugin = null)
{
    private static readonly string[] Names = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

    private static readonly HashSet<string> Supported = new(StringComparer.Ordinal)
    {
        "apiVersion", "kind", "metadata", "resources", "namespace", "labels", "commonLabels", "commonAnnotations",
        "patches", "patchesStrategicMerge", "patchesJson6902", "images", "replicas", "configMapGenerator",
        "generatorOptions", "generators",
    };

    private readonly HashSet<string> _open = new(StringComparer.Ordinal);

    /// <summary>The kustomization's file in a folder; null where there is none.</summary>
    public static string? FileIn(ValueMap<string> files, string folder) =>
        Names.Select(name => Paths.Join(folder, name)).FirstOrDefault(files.ContainsKey);

    /// <summary>All objects of a folder, with further images over the folder's own.</summary>
    public List<JsonObject> Build(string folder, IEnumerable<string> images)
    {
        var objects = Build(folder);
        Images.Apply(objects, images.Select(ImageChange.Parse));
        return objects;
    }

    private List<JsonObject> Build(string folder)
    {
        var path = FileIn(files, folder) ?? throw new ManifestException(
            $"unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory"
                + $" '/{folder}'");
        if (!_open.Add(folder))
            throw new ManifestException($"cycle detected: candidate root '/{folder}' contains visited root");
        var content = Parse(path);
        var objects = new List<JsonObject>();
        foreach (var resource in Texts(content["resources"]))
            Add(objects, Accumulate(folder, resource));
        Generators.AddConfigMaps(objects, content, name => ReadFile(Paths.Join(folder, name)));
        Add(objects, Generate(folder, content["generators"] as JsonArray ?? []));
        Patch(objects, folder, content);
        Transformers.SetNamespace(objects, content["namespace"].Text());
        Transformers.SetLabels(objects, content);
        Transformers.SetAnnotations(objects, content["commonAnnotations"] as JsonObject ?? []);
        Transformers.SetReplicas(objects, content["replicas"] as JsonArray ?? []);
        Images.Apply(objects, (content["images"] as JsonArray ?? []).Select(ImageChange.Read));
        Generators.NameByContent(objects);
        _open.Remove(folder);
        return objects;
    }

    private JsonObject Parse(string path)
    {
        JsonObject content;
        try
        {
            content = YamlDocuments.Parse(files[path]) as JsonObject ?? [];
        }
        catch (ApiFailure problem)
        {
            throw new ManifestException($"invalid Kustomization: {problem.Message}");
        }

        foreach (var (name, value) in content)
        {
            if (!Supported.Contains(name) && !value.IsEmpty())
                throw new ManifestException($"the simulated Argo CD does not support the kustomize field '{name}'");
        }

        return content;
    }

    private IEnumerable<JsonObject> Accumulate(string folder, string resource)
    {
        var path = Paths.Join(folder, resource);
        if (files.TryGetValue(path, out var content))
            return PlainFolder.Read(path, content);
        if (resource.Contains("://", StringComparison.Ordinal))
            throw new ManifestException($"the simulated Argo CD does not support the remote resource '{resource}'");
        if (FileIn(files, path) is not null)
            return Build(path);
        throw new ManifestException(
            $"accumulating resources: accumulation err='accumulating resources from '{resource}': evalsymlink failure"
            + $" on '/{path}' : lstat /{path}: no such file or directory'");
    }

    private IEnumerable<JsonObject> Generate(string folder, JsonArray generators) => generators.Count == 0
        ? []
        : plugin?.Generate(files, folder, generators) ?? throw new ManifestException(
            "the simulated kustomize has no plugins here");

    private static void Add(List<JsonObject> objects, IEnumerable<JsonObject> more)
    {
        foreach (var item in more)
        {
            if (objects.Exists(each => Identity(each) == Identity(item)))
                throw new ManifestException($"may not add resource with an already registered id: {Identity(item)}");
            objects.Add(item);
        }
    }

    private static string Identity(JsonObject item)
    {
        var group = Health.HealthChecks.GroupOf(item);
        var version = (item.TextAt("apiVersion") ?? "").Split('/')[^1];
        var ns = item.TextAt("metadata", "namespace") ?? "[noNs]";
        var kind = $"{item.TextAt("kind")}.{version}.{(group.Length == 0 ? "[noGrp]" : group)}";
        return $"{kind}/{item.TextAt("metadata", "name")}.{ns}";
    }

    private void Patch(List<JsonObject> objects, string folder, JsonObject content)
    {
        foreach (var each in content["patchesStrategicMerge"] as JsonArray ?? [])
        {
            var text = each.Text() ?? "";
            Patches.Apply(objects, files.GetValueOrDefault(Paths.Join(folder, text)) ?? text, null, shapeOf);
        }

        foreach (
            var each in (content["patches"] as JsonArray ?? []).Concat(content["patchesJson6902"] as JsonArray ?? []))
        {
            var patch = each.TextAt("patch")
                ?? ReadFile(
                    Paths.Join(folder, each.TextAt("path") ?? throw new ManifestException("patch without path")));
            if (!each.At("options").IsEmpty())
                throw new ManifestException(
                    "the simulated Argo CD does not support the kustomize field 'patches.options'");
            Patches.Apply(objects, patch, each.At("target") as JsonObject, shapeOf);
        }
    }

    private string ReadFile(string path) => files.GetValueOrDefault(path)
        ?? throw new ManifestException($"open /{path}: no such file or directory");

    private static IEnumerable<string> Texts(JsonNode? list) =>
        (list as JsonArray ?? []).Select(each => each.Text() ?? "");
}

/// <summary>Paths in a repository.</summary>
internal static class Paths
{
    /// <summary>A path as seen from a folder, without <c>.</c> and <c>..</c>; nothing leaves the repository.</summary>
    public static string Join(string folder, string path)
    {
        var parts = path.StartsWith('/') ? [] : folder.Split('/', StringSplitOptions.RemoveEmptyEntries).ToList();
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count == 0)
                throw new ManifestException($"'{path}' is out of the repository");
            if (part == "..")
                parts.RemoveAt(parts.Count - 1);
            else if (part != ".")
                parts.Add(part);
        }

        return string.Join('/', parts);
    }
}
