using System.Text.Json;
using Orrery.Engine.Observing;

namespace Orrery.Cli.Terminal;

/// <summary>Resources as they are, for other programs.</summary>
internal static class StatusJson
{
    public static void Write(Utf8JsonWriter json, string platform, IEnumerable<ResourceStatus> resources)
    {
        json.WriteString("platform", platform);
        json.WriteStartArray("resources");
        foreach (var resource in resources)
        {
            json.WriteStartObject();
            json.WriteString("address", resource.Address.Text);
            json.WriteString("type", resource.Address.Type);
            json.WriteString("id", resource.Id);
            json.WriteString("state", resource.State switch
            {
                ResourceState.AsDeclared => "ready",
                ResourceState.Drifted => "differs",
                ResourceState.Missing => "missing",
                _ => "undeclared",
            });
            json.WriteStartArray("drift");
            foreach (var difference in resource.Drift)
                json.WriteStringValue(difference);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
