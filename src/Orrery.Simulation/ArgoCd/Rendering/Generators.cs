using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.ArgoCd.Rendering;

/// <summary>Kustomize's generator of ConfigMaps, whose names tell their contents.</summary>
internal static class Generators
{
    // Stands in a generated object until its name is final.
    private const string Mark = "orrery.simulation/needs-hash";

    public static void AddConfigMaps(List<JsonObject> objects, JsonObject kustomization, Func<string, string> read)
    {
        var general = kustomization["generatorOptions"];
        foreach (var entry in kustomization["configMapGenerator"] as JsonArray ?? [])
        {
            if (entry.At("envs") is not null || entry.At("behavior") is not null)
                throw new ManifestException(
                    "the simulated Argo CD does not support configMapGenerator.envs and .behavior");
            var data = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var literal in Texts(entry.At("literals")))
            {
                var pair = literal.Split('=', 2);
                data[pair[0]] = pair[^1].Trim('"', '\'');
            }

            foreach (var file in Texts(entry.At("files")))
            {
                var pair = file.Split('=', 2);
                data[pair.Length > 1 ? pair[0] : file[(file.LastIndexOf('/') + 1)..]] = read(pair[^1]);
            }

            objects.Add(ConfigMap(entry, general, data));
        }
    }

    /// <summary>Gives generated objects their final names, and all that names them too.</summary>
    public static void NameByContent(List<JsonObject> objects)
    {
        foreach (var item in objects.Where(item => item.At("metadata", "annotations").At(Mark) is not null))
        {
            var metadata = item.Child("metadata");
            var annotations = metadata.Child("annotations");
            annotations.Remove(Mark);
            if (annotations.Count == 0)
                metadata.Remove("annotations");
            var name = item.TextAt("metadata", "name") ?? "";
            var final = $"{name}-{HashOf(item, name)}";
            metadata["name"] = final;
            foreach (var other in objects)
                Rename(other, name, final);
        }
    }

    private static JsonObject ConfigMap(JsonNode? entry, JsonNode? general, SortedDictionary<string, string> data)
    {
        var metadata = new JsonObject { ["name"] = entry.TextAt("name") };
        if (entry.TextAt("namespace") is { } ns)
            metadata["namespace"] = ns;
        foreach (var options in (JsonNode?[])[general, entry.At("options")])
        {
            if (options.At("labels") is JsonObject labels)
                metadata["labels"] = labels.DeepClone();
            if (options.At("annotations") is JsonObject annotations)
                metadata["annotations"] = annotations.DeepClone();
        }

        var isPlain = general.At("disableNameSuffixHash").IsTrue()
            || entry.At("options", "disableNameSuffixHash").IsTrue();
        if (!isPlain)
            metadata.Child("annotations")[Mark] = "true";
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = metadata,
            ["data"] = new JsonObject(data.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
        };
    }

    // Ten characters of the hash of the contents, without those that could make words.
    private static string HashOf(JsonObject item, string name)
    {
        const int length = 10;
        var hashed = new JsonObject
        {
            ["data"] = item["data"]?.DeepClone(),
            ["kind"] = "ConfigMap",
            ["name"] = name,
        };
        var hex = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonText.Of(hashed))));
        return new string([.. hex[..length].Select(c => c switch
        {
            '0' => 'g', '1' => 'h', '3' => 'k', 'a' => 'm', 'e' => 't', var other => other,
        })]);
    }

    private static void Rename(JsonNode? node, string from, string to)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
                Rename(item, from, to);
        }

        foreach (var (name, value) in (node as JsonObject)?.ToList() ?? [])
        {
            if (name is "configMap" or "configMapRef" or "configMapKeyRef" && value.TextAt("name") == from)
                value!["name"] = to;
            else
                Rename(value, from, to);
        }
    }

    private static IEnumerable<string> Texts(JsonNode? list) =>
        (list as JsonArray ?? []).Select(each => each.Text() ?? "");
}
