using System.Text.Json.Nodes;
using Orrery.Model.Values;

namespace Orrery.Providers.Kubernetes.Objects;

/// <summary>An object that we have not applied: all of it but the server's own part. Secrets stay hidden.</summary>
internal static class ForeignManifest
{
    private static readonly string[] ServersOwn =
        ["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink"];

    private static readonly string[] Labels =
        [ObjectOwner.Platform, ObjectOwner.Address, ObjectOwner.Generation, ObjectOwner.Resource];

    public static Value.Map Of(KubernetesObject item)
    {
        var copy = (JsonObject)item.Json.DeepClone();
        copy.Remove("status");
        if (copy["metadata"] is JsonObject metadata)
        {
            foreach (var name in ServersOwn)
                metadata.Remove(name);
            RemoveOurs(metadata, "labels");
            RemoveOurs(metadata, "annotations");
        }

        return SecretManifest.Hidden((Value.Map)ManifestJson.ToValue(copy));
    }

    private static void RemoveOurs(JsonObject metadata, string part)
    {
        if (metadata[part] is not JsonObject map)
            return;
        foreach (var name in Labels)
            map.Remove(name);
        if (map.Count == 0)
            metadata.Remove(part);
    }
}
