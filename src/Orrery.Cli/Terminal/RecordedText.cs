using System.Text;
using System.Text.Json;
using Orrery.Cli.Terminal.Plans;
using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Cli.Terminal;

/// <summary>What the state says, without sensitive values.</summary>
internal static class RecordedText
{
    public static string Of(string platform, Recorded recorded, Paint paint)
    {
        var text = new StringBuilder();
        var size = Words.Count(recorded.Resources.Count, "resource");
        text.Append(paint.Bold($"{platform}, version {recorded.Serial}: {size}"));
        text.Append('\n');
        foreach (var resource in recorded.Resources.Values)
        {
            text.Append($"\n{resource.Address.Text}\n");
            text.Append($"  id          {resource.Id ?? "-"}\n");
            text.Append($"  generation  {resource.Generation}\n");
            if (!resource.IsOurs)
                text.Append("  ours        no: only used\n");
            if (resource.IsPending)
                text.Append("  pending     a change was begun whose end is not recorded\n");
            AppendMap(text, "inputs", resource.Inputs);
            AppendMap(text, "outputs", resource.Outputs);
        }

        return text.ToString();
    }

    public static void WriteJson(Utf8JsonWriter json, Recorded recorded)
    {
        json.WriteString("platformId", recorded.PlatformId);
        json.WriteNumber("serial", recorded.Serial);
        json.WriteStartArray("resources");
        foreach (var resource in recorded.Resources.Values)
        {
            json.WriteStartObject();
            json.WriteString("address", resource.Address.Text);
            json.WriteString("type", resource.Address.Type);
            json.WriteString("id", resource.Id);
            json.WriteNumber("generation", resource.Generation);
            json.WriteBoolean("ours", resource.IsOurs);
            json.WriteBoolean("pending", resource.IsPending);
            json.WritePropertyName("inputs");
            PlanJson.WriteValue(json, resource.Inputs);
            json.WritePropertyName("outputs");
            PlanJson.WriteValue(json, resource.Outputs);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void AppendMap(StringBuilder text, string title, Value.Map map)
    {
        var label = $"  {title,-10}  ";
        foreach (var (name, value) in map.Fields)
        {
            text.Append(label).Append($"{name}: {ValueText.Of(value)}\n");
            label = new string(' ', label.Length);
        }
    }
}
