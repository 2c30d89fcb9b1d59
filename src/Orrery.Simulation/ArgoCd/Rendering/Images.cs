using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.ArgoCd.Rendering;

/// <summary>Another name, tag or digest for all containers of one image.</summary>
internal sealed record ImageChange(string Name, string? NewName, string? NewTag, string? Digest)
{
    /// <summary>Reads an entry of a kustomization.</summary>
    public static ImageChange Read(JsonNode? entry) => new(
        entry.TextAt("name") ?? "", entry.TextAt("newName"),
        entry.TextAt("newTag") ?? entry.At("newTag")?.ToJsonString(), entry.TextAt("digest"));

    /// <summary>Reads an override: <c>name:tag</c>, <c>name@digest</c>, <c>name=new:tag</c>.</summary>
    public static ImageChange Parse(string text)
    {
        var parts = text.Split('=', 2);
        var (name, tag, digest) = Split(parts[^1]);
        return new ImageChange(
            parts.Length > 1 ? Split(parts[0]).Name : name, parts.Length > 1 ? name : null, tag, digest);
    }

    public static (string Name, string? Tag, string? Digest) Split(string image)
    {
        var parts = image.Split('@', 2);
        var colon = parts[0].LastIndexOf(':');
        var hasTag = colon > parts[0].LastIndexOf('/');
        return (hasTag ? parts[0][..colon] : parts[0], hasTag ? parts[0][(colon + 1)..] : null,
            parts.ElementAtOrDefault(1));
    }

    public string Change(string image)
    {
        var (name, tag, digest) = Split(image);
        var changed = NewName ?? name;
        if (Digest is not null)
            return $"{changed}@{Digest}";
        if (NewTag is not null)
            return $"{changed}:{NewTag}";
        return changed + (tag is null ? "" : $":{tag}") + (digest is null ? "" : $"@{digest}");
    }
}

/// <summary>Images of containers, wherever they stand.</summary>
internal static class Images
{
    public static void Apply(List<JsonObject> objects, IEnumerable<ImageChange> changes)
    {
        foreach (var change in changes.ToList())
        {
            foreach (var container in objects.SelectMany(Containers))
            {
                if (container.TextAt("image") is { } image && ImageChange.Split(image).Name == change.Name)
                    container["image"] = change.Change(image);
            }
        }
    }

    /// <summary>The images of all objects, each once.</summary>
    public static IEnumerable<string> Of(IEnumerable<JsonObject> objects) =>
        objects.SelectMany(Containers).Select(container => container.TextAt("image")).OfType<string>().Distinct()
            .Order(StringComparer.Ordinal);

    private static List<JsonObject> Containers(JsonObject item)
    {
        var found = new List<JsonObject>();
        AddContainers(item, found);
        return found;
    }

    private static void AddContainers(JsonNode? node, List<JsonObject> found)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
                AddContainers(item, found);
        }
        else if (node is JsonObject members)
        {
            foreach (var (name, value) in members)
            {
                if (name is "containers" or "initContainers")
                    found.AddRange((value as JsonArray ?? []).OfType<JsonObject>());
                else
                    AddContainers(value, found);
            }
        }
    }
}
