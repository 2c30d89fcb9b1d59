using System.Text.Json;
using Orrery.Model.Plans;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Engine.State;

/// <summary>Writes recorded resources as JSON, every sensitive value sealed at its place.</summary>
/// <param name="cipher">Null inside of what is sealed itself, where all is in clear.</param>
/// <param name="root">The keys from the document's top to the resources, each followed by a colon.</param>
internal sealed class RecordWriter(IStateCipher? cipher, string root) : IDisposable
{
    private readonly List<string> _keys = [];
    private IStateSealer? _sealer;

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

        WriteMap(json, "inputs", resource.Inputs);
        WriteMap(json, "outputs", resource.Outputs);
        WriteLifecycle(json, resource.Lifecycle);
        if (resource.Deposed.Count > 0)
            WriteDeposed(json, resource.Deposed);
        json.WriteEndObject();
    }

    /// <summary>Ends the document: adds what whoever opens it needs, if anything in it is sealed.</summary>
    public void Finish(Utf8JsonWriter json)
    {
        if (_sealer is null)
            return;
        json.WritePropertyName(RecordJson.Metadata);
        json.WriteRawValue(_sealer.Finish());
    }

    public void Dispose() => _sealer?.Dispose();

    private void WriteDeposed(Utf8JsonWriter json, ValueList<RecordedInstance> deposed)
    {
        _keys.Add("deposed");
        json.WriteStartArray("deposed");
        foreach (var instance in deposed)
        {
            json.WriteStartObject();
            json.WriteString("id", instance.Id);
            json.WriteNumber("generation", instance.Generation);
            WriteMap(json, "inputs", instance.Inputs);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        _keys.RemoveAt(_keys.Count - 1);
    }

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
                    WriteNamed(json, name, field);
                json.WriteEndObject();
                break;
            case Value.Sensitive secret when cipher is null:
                WriteValue(json, secret.Of);
                break;
            case Value.Sensitive secret:
                WriteSealed(json, cipher, secret.Of);
                break;
            default:
                throw new InvariantException($"a {value.GetType().Name} cannot be recorded");
        }
    }

    private void WriteSealed(Utf8JsonWriter json, IStateCipher cipher, Value value)
    {
        _sealer ??= cipher.Seal();
        var (key, text) = value is Value.Text plain
            ? (RecordJson.Text, plain.Of)
            : (RecordJson.Other, RecordJson.InClear(value));
        json.WriteStartObject();
        json.WriteString(key, _sealer.Seal($"{PathOf()}{key}:", text));
        json.WriteEndObject();
    }

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

    private void WriteMap(Utf8JsonWriter json, string name, Value.Map map)
    {
        if (map.Fields.Count > 0)
            WriteNamed(json, name, map);
    }

    private void WriteNamed(Utf8JsonWriter json, string name, Value value)
    {
        json.WritePropertyName(name);
        _keys.Add(name);
        WriteValue(json, value);
        _keys.RemoveAt(_keys.Count - 1);
    }

    private string PathOf() => root + string.Concat(_keys.Select(key => $"{key}:"));
}
