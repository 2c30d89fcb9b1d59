using System.Text.Json.Nodes;

namespace Orrery.Simulation.Kubernetes.Documents;

/// <summary>One column of a table.</summary>
/// <param name="Priority">0 is always shown, 1 only in wide tables.</param>
internal sealed record Column(
    string Name, string Type, string Format, string Description, int Priority,
    Func<JsonObject, DateTimeOffset, JsonNode?> Cell)
{
    public JsonObject Definition() => new()
    {
        ["name"] = Name,
        ["type"] = Type,
        ["format"] = Format,
        ["description"] = Description,
        ["priority"] = Priority,
    };
}
