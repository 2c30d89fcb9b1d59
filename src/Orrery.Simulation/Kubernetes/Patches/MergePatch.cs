using System.Text.Json.Nodes;

namespace Orrery.Simulation.Kubernetes.Patches;

/// <summary>JSON Merge Patch (RFC 7396).</summary>
internal static class MergePatch
{
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
            return patch?.DeepClone();
        var result = target is JsonObject members ? members : [];
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                result.Remove(name);
                continue;
            }

            var inner = result[name];
            result.Remove(name);
            result[name] = Apply(inner, value);
        }

        return result;
    }
}
