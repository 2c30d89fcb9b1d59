using Orrery.Model.Values;

namespace Orrery.Providers.Talos.Configuration;

/// <summary>Parts of documents from what there is.</summary>
internal static class Section
{
    /// <summary>Without the fields that are null: Talos chooses, then.</summary>
    public static Value.Map Of(params IEnumerable<(string Key, Value? Value)> fields) => new(ValueMap.From(
        from field in fields
        where field.Value is not null
        select KeyValuePair.Create(field.Key, field.Value!)));

    /// <summary>A document of its own.</summary>
    public static Value.Map Document(string kind, params IEnumerable<(string Key, Value? Value)> fields) =>
        Of([("apiVersion", "v1alpha1"), ("kind", kind), .. fields]);

    /// <summary>Null where there is nothing in it.</summary>
    public static Value? List(IEnumerable<string> items) =>
        items.Select(item => (Value)item).ToValueList() is { Count: > 0 } list ? new Value.List(list) : null;

    /// <inheritdoc cref="List(IEnumerable{string})"/>
    public static Value? List(IEnumerable<Value> items) =>
        items.ToValueList() is { Count: > 0 } list ? new Value.List(list) : null;

    /// <inheritdoc cref="List(IEnumerable{string})"/>
    public static Value? Map(ValueMap<string> texts) =>
        texts.Count > 0 ? new Value.Map(texts.Map((_, text) => (Value)text)) : null;
}
