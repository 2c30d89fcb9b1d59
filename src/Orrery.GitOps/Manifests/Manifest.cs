using Orrery.Model.Values;

namespace Orrery.GitOps.Manifests;

/// <summary>Makes Kubernetes objects as values.</summary>
internal static class Manifest
{
    /// <param name="space">The namespace; null for what belongs to the whole cluster.</param>
    /// <param name="fields">What stands beside the metadata: <c>spec</c>, <c>data</c> and the like.</param>
    public static Value.Map Of(
        string apiVersion, string kind, string name, string? space, params ReadOnlySpan<(string, Value)> fields)
    {
        var metadata = Value.MapOf(("name", name));
        if (space is not null)
            metadata = metadata.With("namespace", space);
        return new Value.Map(ValueMap.Of<Value>(
            [("apiVersion", apiVersion), ("kind", kind), ("metadata", metadata), .. fields]));
    }

    public static Value.Map Labelled(this Value.Map manifest, string key, string value) =>
        manifest.WithMetadata("labels", key, value);

    public static Value.Map Annotated(this Value.Map manifest, string key, string value) =>
        manifest.WithMetadata("annotations", key, value);

    public static Value.Map With(this Value.Map map, string key, Value value) => new(map.Fields.With(key, value));

    public static Value.List Texts(params ReadOnlySpan<string> texts) =>
        new(ValueList.Create(texts).Map(text => (Value)text));

    /// <summary>Values laid over others: maps by key, all else replaced.</summary>
    public static Value.Map Over(Value.Map basis, Value.Map patch)
    {
        var merged = basis;
        foreach (var (key, value) in patch.Fields)
        {
            var both = value is Value.Map above && basis[key] is Value.Map below ? Over(below, above) : value;
            merged = merged.With(key, both);
        }

        return merged;
    }

    private static Value.Map WithMetadata(this Value.Map manifest, string field, string key, string value)
    {
        var metadata = (Value.Map)manifest["metadata"];
        var map = metadata[field] as Value.Map ?? Value.Map.Empty;
        return manifest.With("metadata", metadata.With(field, map.With(key, value)));
    }
}
