using Orrery.Model.Values;

namespace Orrery.Providers.Talos.Configuration;

/// <summary>
/// What a patch takes away: the map that holds <c>$patch: delete</c>, or the first item of a list that has all that
/// stands beside it. What is not there is no mistake, as with Talos.
/// </summary>
internal static class PatchDeletion
{
    private const string Mark = "$patch";

    /// <summary>The document without what shall go; null where all of it shall.</summary>
    public static Value.Map? Apply(Value.Map document, Value.Map patch) =>
        IsMarked(patch) ? null : (Value.Map)Delete(document, patch);

    /// <summary>The patch without its deletions; null where nothing else is in it.</summary>
    public static Value.Map? Without(Value.Map patch) => Strip(patch) as Value.Map;

    /// <summary>Whether a document that is not there is only to be deleted from.</summary>
    public static bool IsOnlyThat(Value.Map patch) =>
        IsMarked(patch) || (Without(patch) is { } rest
            && rest.Fields.Keys.All(key => key is "apiVersion" or "kind" or "name" or "version") && Has(patch));

    private static bool IsMarked(Value value) =>
        value is Value.Map map && map[Mark] is Value.Text { Of: "delete" };

    private static bool Has(Value value) => IsMarked(value) || value switch
    {
        Value.Map map => map.Fields.Values.Any(Has),
        Value.List list => list.Items.Any(Has),
        _ => false,
    };

    private static Value Delete(Value left, Value patch) => (left, patch) switch
    {
        (Value.Map one, Value.Map other) => new Value.Map(Fields(one.Fields, other.Fields)),
        (Value.List one, Value.List other) => new Value.List(Items(one.Items, other.Items)),
        _ => left,
    };

    private static ValueMap<Value> Fields(ValueMap<Value> left, ValueMap<Value> patch)
    {
        foreach (var (key, value) in patch)
        {
            if (!left.TryGetValue(key, out var there))
                continue;
            left = IsMarked(value) ? left.Without(key) : left.With(key, Delete(there, value));
            // A list that is empty now is as if nobody had written it.
            if (left.TryGetValue(key, out var rest) && rest is Value.List { Items.Count: 0 }
                && there is Value.List { Items.Count: > 0 })
                left = left.Without(key);
        }

        return left;
    }

    private static ValueList<Value> Items(ValueList<Value> left, ValueList<Value> patch)
    {
        var rest = left.ToList();
        foreach (var item in patch.OfType<Value.Map>().Where(IsMarked))
        {
            var wanted = item.Fields.Without(Mark);
            var at = rest.FindIndex(each => each is Value.Map map
                && wanted.Count > 0 && wanted.All(field => map[field.Key] == field.Value));
            if (at >= 0)
                rest.RemoveAt(at);
        }

        return rest.ToValueList();
    }

    private static Value? Strip(Value value)
    {
        if (!Has(value))
            return value;
        if (IsMarked(value))
            return null;
        if (value is Value.List list)
        {
            var items = list.Items.Select(Strip).OfType<Value>().ToValueList();
            return items.Count > 0 ? new Value.List(items) : null;
        }

        var fields =
            from field in ((Value.Map)value).Fields
            let kept = Strip(field.Value)
            where kept is not null
            select KeyValuePair.Create(field.Key, kept);
        return ValueMap.From(fields) is { Count: > 0 } some ? new Value.Map(some) : null;
    }
}
