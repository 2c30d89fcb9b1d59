using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.ArgoCd.Rendering;

/// <summary>A folder of YAML and JSON files.</summary>
internal static class PlainFolder
{
    private static readonly string[] Endings = [".yaml", ".yml", ".json"];

    public static List<JsonObject> Render(ValueMap<string> files, string folder, JsonNode? options)
    {
        foreach (var (name, value) in options as JsonObject ?? [])
        {
            if (name != "recurse" && !value.IsEmpty())
                throw new ManifestException($"the simulated Argo CD does not support directory.{name}");
        }

        var prefix = folder.Length == 0 ? "" : folder + "/";
        var objects = new List<JsonObject>();
        foreach (var (path, content) in files)
        {
            var isInside = path.StartsWith(prefix, StringComparison.Ordinal)
                && (options.At("recurse").IsTrue() || !path[prefix.Length..].Contains('/', StringComparison.Ordinal));
            // Overrides are for the renderer, not for the cluster.
            var name = path[(path.LastIndexOf('/') + 1)..];
            if (isInside && Array.Exists(Endings, path.EndsWith)
                && !name.StartsWith(".argocd-source", StringComparison.Ordinal))
                objects.AddRange(Read(name, content));
        }

        return objects;
    }

    /// <summary>The objects of one file.</summary>
    public static IEnumerable<JsonObject> Read(string name, string content)
    {
        IReadOnlyList<JsonNode?> documents;
        try
        {
            documents = YamlDocuments.All(content);
        }
        catch (ApiFailure problem)
        {
            throw new ManifestException($"Failed to unmarshal \"{name}\": {problem.Message}");
        }

        foreach (var document in documents)
        {
            if (document is null)
                continue;
            if (document.TextAt("kind") is not { Length: > 0 } kind || document is not JsonObject item)
                throw new ManifestException($"Failed to unmarshal \"{name}\": Object 'Kind' is missing");
            if (kind == "List" && item["items"] is JsonArray items)
            {
                foreach (var each in items.OfType<JsonObject>())
                    yield return each.Copy();
            }
            else
            {
                yield return item;
            }
        }
    }
}
