using System.Globalization;
using System.Text.Json;
using Orrery.Model.Plans;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Engine.State;

/// <summary>Reads recorded resources.</summary>
/// <param name="sensitive">Opens what is sealed; null where all is in clear.</param>
/// <param name="root">The keys from the document's top to the resources, each followed by a colon.</param>
internal sealed class RecordReader(ISensitiveValues? sensitive, string root)
{
    private readonly List<string> _keys = [];

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
        Deposed = ReadDeposed(json),
    };

    public Value ReadValue(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => new Value.Number(json.GetDecimal()),
        JsonValueKind.String => json.GetString() ?? "",
        JsonValueKind.Array => Value.ListOf(json.EnumerateArray().Select(ReadValue)),
        JsonValueKind.Object when sensitive?.Find(PathOf, json) is { } value => new Value.Sensitive(value),
        JsonValueKind.Object => ReadMap(json),
        _ => Value.Null.Instance,
    };

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

    private Value.Map ReadMap(JsonElement json)
    {
        var entries = new KeyValuePair<string, Value>[json.GetPropertyCount()];
        var count = 0;
        foreach (var field in json.EnumerateObject())
        {
            _keys.Add(field.Name);
            entries[count++] = KeyValuePair.Create(field.Name, ReadValue(field.Value));
            _keys.RemoveAt(_keys.Count - 1);
        }

        return new Value.Map(ValueMap.From(entries));
    }

    private Value.Map ReadNamed(JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out var map))
            return Value.Map.Empty;
        _keys.Add(name);
        var read = (Value.Map)ReadValue(map);
        _keys.RemoveAt(_keys.Count - 1);
        return read;
    }

    private ValueList<RecordedInstance> ReadDeposed(JsonElement json)
    {
        if (!json.TryGetProperty("deposed", out var deposed))
            return [];
        _keys.Add("deposed");
        var read = deposed.EnumerateArray().Select(ReadInstance).ToValueList();
        _keys.RemoveAt(_keys.Count - 1);
        return read;
    }

    private RecordedInstance ReadInstance(JsonElement json) => new(
        json.GetProperty("id").GetString() ?? "",
        json.GetProperty("generation").GetInt32(),
        ReadNamed(json, "inputs"));

    private string PathOf() => root + string.Concat(_keys.Select(key => $"{key}:"));
}
