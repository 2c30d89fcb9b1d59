using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.K3s.Helm;

/// <summary>The values of a chart, as Helm reads and merges them.</summary>
internal static class Values
{
    /// <summary>Empty text has no values; text that is no map is an <see cref="ApiFailure"/>.</summary>
    public static JsonObject Read(string text) => YamlDocuments.Parse(text) switch
    {
        null => [],
        JsonObject values => values,
        _ => throw ApiFailure.BadRequest("cannot unmarshal values into map[string]interface {}"),
    };

    /// <summary>Later ones win, maps are merged, null removes.</summary>
    public static JsonObject Merge(JsonObject below, JsonObject above)
    {
        var merged = below.Copy();
        foreach (var (name, value) in above)
        {
            if (value is null)
                merged.Remove(name);
            else if (value is JsonObject map && merged[name] is JsonObject under)
                merged[name] = Merge(under, map);
            else
                merged[name] = value.DeepClone();
        }

        return merged;
    }
}
