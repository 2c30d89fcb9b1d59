using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>Fills in the defaults of a structural schema.</summary>
internal static class SchemaDefaults
{
    public static void Apply(JsonNode? value, JsonObject schema)
    {
        if (value is JsonObject members)
        {
            foreach (var (name, property) in schema["properties"] as JsonObject ?? [])
            {
                if (property is not JsonObject inner)
                    continue;
                if (inner["default"] is { } given && members[name] is null && !inner["nullable"].IsTrue())
                    members[name] = given.DeepClone();
                else if (inner["default"] is { } fallback && !members.ContainsKey(name))
                    members[name] = fallback.DeepClone();
                Apply(members[name], inner);
            }

            if (schema["additionalProperties"] is JsonObject values)
            {
                foreach (var (_, member) in members)
                    Apply(member, values);
            }
        }
        else if (value is JsonArray list && schema["items"] is JsonObject items)
        {
            foreach (var item in list)
                Apply(item, items);
        }
    }
}
