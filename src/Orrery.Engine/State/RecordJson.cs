using System.Globalization;
using System.Text.Json;
using Orrery.Model.Plans;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Engine.State;

/// <summary>
/// Recorded resources as JSON. Sensitive values are not written: each becomes a number that counts into the block that
/// the caller seals.
/// </summary>
/// <param name="sensitive">The sensitive values so far; null inside the block itself, where all is in clear.</param>
internal sealed class RecordJson(List<Value>? sensitive)
{
    private const string SensitiveKey = "$sensitive";

    public void Write(Utf8JsonWriter json, RecordedResource resource)
    {
        json.WriteStartObject();
        json.WriteString("address", resource.Address.Text);
        if (resource.Id is not null)
            json.WriteString("id", resource.Id);
        json.WriteNumber("generation", resource.Generation);
        if (!resource.IsOurs)
            json.WriteBoolean("ours", false);
        if (resource.IsPending)
            json.WriteBoolean("pending", true);
        if (resource.Needs.Count > 0)
        {
            json.WriteStartArray("needs");
            foreach (var need in resource.Needs)
                json.WriteStringValue(need.Text);
            json.WriteEndArray();
        }

        WriteNamed(json, "inputs", resource.Inputs);
        WriteNamed(json, "outputs", resource.Outputs);
        WriteLifecycle(json, resource.Lifecycle);
        if (resource.Deposed.Count > 0)
        {
            json.WriteStartArray("deposed");
            foreach (var instance in resource.Deposed)
            {
                json.WriteStartObject();
                json.WriteString("id", instance.Id);
                json.WriteNumber("generation", instance.Generation);
                WriteNamed(json, "inputs", instance.Inputs);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    public RecordedResource Read(JsonElement json) => new()
    {
        Address = ReadAddress(json.GetProperty("address")),
        Id = json.TryGetProperty("id", out var id) ? id.GetString() : null,
        Generation = json.GetProperty("generation").GetInt32(),
        IsOurs = !json.TryGetProperty("ours", out var ours) || ours.GetBoolean(),
        IsPending = json.TryGetProperty("pending", out var pending) && pending.GetBoolean(),
        Needs = json.TryGetProperty("needs", out var needs)
            ? needs.EnumerateArray().Select(ReadAddress).ToValueList()
            : [],
        Inputs = ReadNamed(json, "inputs"),
        Outputs = ReadNamed(json, "outputs"),
        Lifecycle = json.TryGetProperty("lifecycle", out var lifecycle) ? ReadLifecycle(lifecycle) : Lifecycle.Default,
        Deposed = json.TryGetProperty("deposed", out var deposed)
            ? deposed.EnumerateArray().Select(ReadInstance).ToValueList()
            : [],
    };

    public void WriteValue(Utf8JsonWriter json, Value value)
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
                json.WriteStartObject();
                foreach (var (name, field) in map.Fields)
                {
                    json.WritePropertyName(name);
                    WriteValue(json, field);
                }

                json.WriteEndObject();
                break;
            case Value.Sensitive secret when sensitive is null:
                WriteValue(json, secret.Of);
                break;
            case Value.Sensitive secret:
                json.WriteStartObject();
                json.WriteNumber(SensitiveKey, sensitive.Count);
                json.WriteEndObject();
                sensitive.Add(secret.Of);
                break;
            default:
                throw new InvariantException($"a {value.GetType().Name} cannot be recorded");
        }
    }

    public Value ReadValue(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => new Value.Number(json.GetDecimal()),
        JsonValueKind.String => json.GetString() ?? "",
        JsonValueKind.Array => Value.ListOf(json.EnumerateArray().Select(ReadValue)),
        JsonValueKind.Object when sensitive is not null && json.TryGetProperty(SensitiveKey, out var index) =>
            new Value.Sensitive(sensitive[index.GetInt32()]),
        JsonValueKind.Object => ReadMap(json),
        _ => Value.Null.Instance,
    };

    private static void WriteLifecycle(Utf8JsonWriter json, Lifecycle lifecycle)
    {
        if (lifecycle.Equals(Lifecycle.Default))
            return;
        json.WriteStartObject("lifecycle");
        if (lifecycle.Protect)
            json.WriteBoolean("protect", true);
        if (lifecycle.Ownership != Ownership.Owned)
            json.WriteString("ownership", lifecycle.Ownership.ToString());
        if (lifecycle.ReplaceOrder != ReplaceOrder.DeleteFirst)
            json.WriteString("replaceOrder", lifecycle.ReplaceOrder.ToString());
        if (lifecycle.EndsWith is { } end)
            json.WriteString("endsWith", end.Text);
        if (lifecycle.Deadline != Lifecycle.DeadlineDefault)
            json.WriteNumber("deadlineSeconds", lifecycle.Deadline.TotalSeconds);
        if (lifecycle.BeforeDelete.Count > 0)
        {
            json.WriteStartArray("beforeDelete");
            foreach (var step in lifecycle.BeforeDelete)
                json.WriteStringValue($"{step.Name} {step.Type} {step.IdField}");
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static Lifecycle ReadLifecycle(JsonElement json) => new()
    {
        Protect = json.TryGetProperty("protect", out var protect) && protect.GetBoolean(),
        Ownership = json.TryGetProperty("ownership", out var ownership)
            ? Enum.Parse<Ownership>(ownership.GetString() ?? "", ignoreCase: false)
            : Ownership.Owned,
        ReplaceOrder = json.TryGetProperty("replaceOrder", out var order)
            ? Enum.Parse<ReplaceOrder>(order.GetString() ?? "", ignoreCase: false)
            : ReplaceOrder.DeleteFirst,
        EndsWith = json.TryGetProperty("endsWith", out var end) ? ReadAddress(end) : null,
        Deadline = json.TryGetProperty("deadlineSeconds", out var deadline)
            ? TimeSpan.FromSeconds(deadline.GetDouble())
            : Lifecycle.DeadlineDefault,
        BeforeDelete = json.TryGetProperty("beforeDelete", out var steps)
            ? steps.EnumerateArray().Select(ReadStep).ToValueList()
            : [],
    };

    private static LifecycleStep ReadStep(JsonElement json)
    {
        var parts = (json.GetString() ?? "").Split(' ');
        return parts.Length == 3
            ? new LifecycleStep(parts[0], parts[1], parts[2])
            : throw new JsonException("a step has three words");
    }

    private static ResourceAddress ReadAddress(JsonElement json) =>
        ResourceAddress.TryParse(json.GetString(), out var address)
            ? address
            : throw new JsonException(string.Create(CultureInfo.InvariantCulture, $"'{json}' is no resource address"));

    private void WriteNamed(Utf8JsonWriter json, string name, Value.Map map)
    {
        if (map.Fields.Count == 0)
            return;
        json.WritePropertyName(name);
        WriteValue(json, map);
    }

    private Value.Map ReadMap(JsonElement json)
    {
        var entries = new KeyValuePair<string, Value>[json.GetPropertyCount()];
        var count = 0;
        foreach (var field in json.EnumerateObject())
            entries[count++] = KeyValuePair.Create(field.Name, ReadValue(field.Value));
        return new Value.Map(ValueMap.From(entries));
    }

    private Value.Map ReadNamed(JsonElement json, string name) =>
        json.TryGetProperty(name, out var map) ? (Value.Map)ReadValue(map) : Value.Map.Empty;

    private RecordedInstance ReadInstance(JsonElement json) => new(
        json.GetProperty("id").GetString() ?? "",
        json.GetProperty("generation").GetInt32(),
        ReadNamed(json, "inputs"));
}
