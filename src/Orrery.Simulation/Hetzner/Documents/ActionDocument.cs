using System.Text.Json;
using Orrery.Simulation.Hetzner.State;

namespace Orrery.Simulation.Hetzner.Documents;

/// <summary>The <c>action</c> of the contract.</summary>
internal static class ActionDocument
{
    public static void Write(Utf8JsonWriter writer, Project project, CloudAction action, TimeSpan now)
    {
        writer.WriteStartObject();
        writer.WriteNumber("id", action.Id);
        writer.WriteString("command", action.Command);
        writer.WriteString("status", StatusName(action.Status));
        writer.WriteNumber("progress", action.ProgressAt(now));
        writer.WriteString("started", DocumentParts.Timestamp(project, action.Started));
        if (action.Finished is { } finished)
            writer.WriteString("finished", DocumentParts.Timestamp(project, finished));
        else
            writer.WriteNull("finished");
        writer.WriteStartArray("resources");
        foreach (var resource in action.Resources)
        {
            writer.WriteStartObject();
            writer.WriteNumber("id", resource.Id);
            writer.WriteString("type", resource.Type);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (action.Status == ActionStatus.Error)
        {
            writer.WriteStartObject("error");
            writer.WriteString("code", "action_failed");
            writer.WriteString("message", "Action failed");
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("error");
        }

        writer.WriteEndObject();
    }

    public static void WriteAll(
        Utf8JsonWriter writer, Project project, string name, IEnumerable<CloudAction> actions, TimeSpan now)
    {
        writer.WriteStartArray(name);
        foreach (var action in actions)
            Write(writer, project, action, now);
        writer.WriteEndArray();
    }

    public static string StatusName(ActionStatus status) => status switch
    {
        ActionStatus.Running => "running",
        ActionStatus.Success => "success",
        _ => "error",
    };
}
