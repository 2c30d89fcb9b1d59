using System.Text.Json;
using Orrery.Engine.Runs;
using Orrery.Model.Plans;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Cli.Terminal.Plans;

/// <summary>A plan for other programs, and as it is saved. Sensitive values are never in it.</summary>
internal static class PlanJson
{
    /// <summary>Grows when a program that reads it would have to change.</summary>
    public const int Schema = 1;

    public static void Write(Utf8JsonWriter json, string platform, PlannedRun planned)
    {
        var plan = planned.Plan;
        json.WriteNumber("schema", Schema);
        json.WriteString("platform", platform);
        json.WriteString("platformId", plan.PlatformId);
        json.WriteNumber("stateSerial", plan.StateSerial);
        json.WriteBoolean("offline", planned.IsOffline);
        WriteCounts(json, "summary", plan);
        WriteCost(json, "costPerMonth", planned.CostPerMonth);
        WriteCost(json, "costPerMonthBefore", planned.CostPerMonthBefore);
        json.WriteStartArray("changes");
        foreach (var change in plan.Changes)
            WriteChange(json, change);
        json.WriteEndArray();
    }

    public static void WriteCounts(Utf8JsonWriter json, string name, Plan plan)
    {
        json.WriteStartObject(name);
        json.WriteNumber("create", plan.Count(ChangeAction.Create));
        json.WriteNumber("update", plan.Count(ChangeAction.Update));
        json.WriteNumber("replace", plan.Count(ChangeAction.Replace));
        json.WriteNumber("delete", plan.Count(ChangeAction.Delete));
        json.WriteEndObject();
    }

    public static string ActionOf(ChangeAction action) => action switch
    {
        ChangeAction.Create => "create",
        ChangeAction.Update => "update",
        ChangeAction.Replace => "replace",
        ChangeAction.Delete => "delete",
        _ => "none",
    };

    private static void WriteCost(Utf8JsonWriter json, string name, decimal? cost)
    {
        if (cost is not { } amount)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteString("currency", "EUR");
        json.WriteNumber("amount", Math.Round(amount, 2, MidpointRounding.AwayFromZero));
        json.WriteEndObject();
    }

    private static void WriteChange(Utf8JsonWriter json, Change change)
    {
        json.WriteStartObject();
        json.WriteString("address", change.Address.Text);
        json.WriteString("type", change.Address.Type);
        json.WriteString("action", ActionOf(change.Action));
        WriteTexts(json, "reasons", change.Reasons);
        json.WriteString("id", change.Id);
        json.WriteNumber("generation", change.Generation);
        json.WriteBoolean("protected", change.Lifecycle.Protect);
        json.WriteString("ownership", change.Lifecycle.Ownership switch
        {
            Ownership.Shared => "shared",
            Ownership.Adopted => "adopted",
            _ => "owned",
        });
        WriteTexts(json, "needs", change.Needs.Select(need => need.Text));
        WriteTexts(json, "deposed", change.Deposed.Select(older => older.Id));
        WriteNamed(json, "before", change.Before);
        WriteNamed(json, "after", change.After);
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static void WriteNamed(Utf8JsonWriter json, string name, Value.Map? map)
    {
        json.WritePropertyName(name);
        WriteValue(json, map ?? (Value)Value.Null.Instance);
    }

    public static void WriteValue(Utf8JsonWriter json, Value value)
    {
        switch (value)
        {
            case Value.Null:
                json.WriteNullValue();
                break;
            case Value.Bool boolean:
                json.WriteBooleanValue(boolean.Is);
                break;
            case Value.Number number:
                json.WriteNumberValue(number.Of);
                break;
            case Value.Text text:
                json.WriteStringValue(text.Of);
                break;
            case Value.List list:
                json.WriteStartArray();
                foreach (var item in list.Items)
                    WriteValue(json, item);
                json.WriteEndArray();
                break;
            case Value.Map map:
                WriteMap(json, map);
                break;
            default:
                json.WriteStartObject();
                json.WriteBoolean(value is Value.Unknown ? "unknown" : "sensitive", true);
                json.WriteEndObject();
                break;
        }
    }

    private static void WriteMap(Utf8JsonWriter json, Value.Map map)
    {
        json.WriteStartObject();
        foreach (var (name, field) in map.Fields)
        {
            json.WritePropertyName(name);
            WriteValue(json, field);
        }

        json.WriteEndObject();
    }
}
