using System.Text.Json;
using Orrery.Simulation.Hetzner.Requests;

namespace Orrery.Simulation.Hetzner.Documents;

/// <summary>The <c>error_response</c> of the contract.</summary>
internal static class RefusalDocument
{
    public static void Write(Utf8JsonWriter writer, Refusal refusal)
    {
        writer.WriteStartObject("error");
        writer.WriteString("code", refusal.Code);
        writer.WriteString("message", refusal.Message);
        Details(writer, refusal);
        writer.WriteEndObject();
    }

    private static void Details(Utf8JsonWriter writer, Refusal refusal)
    {
        if (refusal.Fields.Count == 0 && refusal.Limit is null && refusal.Announcement is null)
        {
            writer.WriteNull("details");
            return;
        }

        writer.WriteStartObject("details");
        if (refusal.Fields.Count > 0)
            Fields(writer, refusal);
        if (refusal.Limit is { } limit)
        {
            writer.WriteStartArray("limits");
            writer.WriteStartObject();
            writer.WriteString("name", limit);
            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        if (refusal.Announcement is { } announcement)
            writer.WriteString("announcement", announcement);
        writer.WriteEndObject();
    }

    private static void Fields(Utf8JsonWriter writer, Refusal refusal)
    {
        writer.WriteStartArray("fields");
        foreach (var field in refusal.Fields.GroupBy(field => field.Name))
        {
            writer.WriteStartObject();
            writer.WriteString("name", field.Key);
            // A uniqueness_error names the field alone.
            if (refusal.Code == "invalid_input")
            {
                writer.WriteStartArray("messages");
                foreach (var problem in field)
                    writer.WriteStringValue(problem.Message);
                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
