using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Model.Values;

namespace Orrery.Providers.Kubernetes.Objects;

/// <summary>
/// An object as far as it is ours. The server notes who owns each field, and takes a field from its owner as soon as
/// somebody else gives it another value (https://kubernetes.io/docs/reference/using-api/server-side-apply/). So a field
/// that is still ours is as we applied it, and one that is not is shown as it is now; fields of others are not looked
/// at.
/// </summary>
internal static class OwnedFields
{
    /// <summary>Never noted as owned: they say which object it is, and the server's own part.</summary>
    private static readonly string[] Identity = ["apiVersion", "kind", "status"];
    private static readonly string[] IdentityInMetadata = ["name", "namespace", "creationTimestamp"];

    /// <param name="applied">From <see cref="AppliedManifest"/>.</param>
    public static Value.Map Of(KubernetesObject item, JsonObject applied)
    {
        var owned = OursIn(item);
        var fields = new Dictionary<string, Value>(StringComparer.Ordinal);
        foreach (var (name, sent) in applied)
        {
            var seen = name == "metadata" && sent is JsonObject metadata
                ? Metadata(metadata, item.Metadata, owned?["f:metadata"] as JsonObject)
                : Identity.Contains(name) ? ManifestJson.ToValue(sent)
                : Seen(
                    sent, name == SecretManifest.Texts ? SecretManifest.Decode(item.Json) : item.Json[name],
                    owned?[$"f:{SecretManifest.Kept(name)}"]);
            if (seen is not null)
                fields[name] = seen;
        }

        return new Value.Map(ValueMap.From(fields));
    }

    /// <summary>The field was in what we applied, so that it was ours once.</summary>
    /// <param name="field">As the server writes it: <c>.spec.containers[name="c"].image</c>.</param>
    public static bool Has(JsonNode? applied, string field)
    {
        if (field.Length == 0)
            return true;
        switch (applied)
        {
            case JsonObject map when field[0] == '.':
                // Keys may hold dots themselves.
                return map.Any(entry => IsNext(field.AsSpan(1), entry.Key)
                    && Has(entry.Value, field[(entry.Key.Length + 1)..]));
            case JsonArray list when field[0] == '[':
                var end = field.IndexOf(']', StringComparison.Ordinal);
                return end > 0 && list.Any(item => Fits(item, field[1..end]) && Has(item, field[(end + 1)..]));
            default:
                return false;
        }
    }

    private static bool IsNext(ReadOnlySpan<char> rest, string key) =>
        rest.StartsWith(key, StringComparison.Ordinal) && (rest.Length == key.Length || rest[key.Length] is '.' or '[');

    private static bool Fits(JsonNode? item, string selector) => item is not JsonObject map
        ? selector == $"={item?.ToJsonString()}"
        : selector.Split(',').All(pair => pair.Split('=', 2) is not [var name, var value]
            || map[name] is not { } field || field.ToJsonString() == value);

    private static JsonObject? OursIn(KubernetesObject item) =>
        item.Metadata.Array("managedFields").OfType<JsonObject>().FirstOrDefault(entry =>
            entry.Text("manager") == KubernetesClient.FieldManager && entry.Text("operation") == "Apply"
            && entry.Text("subresource") is null)?.Object("fieldsV1");

    private static Value.Map Metadata(JsonObject sent, JsonObject? live, JsonObject? owned)
    {
        var fields = new Dictionary<string, Value>(StringComparer.Ordinal);
        foreach (var (name, field) in sent)
        {
            var seen = IdentityInMetadata.Contains(name)
                ? ManifestJson.ToValue(field)
                : Seen(field, live?[name], owned?[$"f:{name}"]);
            if (seen is not null)
                fields[name] = seen;
        }

        return new Value.Map(ValueMap.From(fields));
    }

    /// <summary>Null where the field is gone.</summary>
    private static Value? Seen(JsonNode? sent, JsonNode? live, JsonNode? owned)
    {
        if (ManifestJson.IsWithheld(sent))
            return live is null ? null : new Value.Sensitive(ManifestJson.ToValue(live));
        return sent switch
        {
            // Nothing was asked for, so nobody can have changed it.
            null or JsonObject { Count: 0 } or JsonArray { Count: 0 } => ManifestJson.ToValue(sent),
            _ when owned is JsonObject { Count: 0 } => Whole(sent, live),
            JsonObject map => SeenMap(map, live as JsonObject, owned as JsonObject),
            JsonArray list => SeenList(list, live as JsonArray, owned as JsonObject),
            _ => live is null ? null : ManifestJson.ToValue(live),
        };
    }

    private static Value.Map? SeenMap(JsonObject sent, JsonObject? live, JsonObject? owned)
    {
        if (live is null)
            return null;
        var fields = new Dictionary<string, Value>(StringComparer.Ordinal);
        foreach (var (name, field) in sent)
        {
            if (Seen(field, live[name], owned?[$"f:{name}"]) is { } seen)
                fields[name] = seen;
        }

        return new Value.Map(ValueMap.From(fields));
    }

    private static Value? SeenList(JsonArray sent, JsonArray? live, JsonObject? owned)
    {
        if (live is null)
            return null;
        var keys = owned?.Where(entry => entry.Key.StartsWith("k:", StringComparison.Ordinal)).ToList() ?? [];
        if (keys.Count > 0)
            return Value.ListOf(sent.Select(item => SeenItem(item, live, keys)).OfType<Value>());
        if (owned?.Any(entry => entry.Key.StartsWith("v:", StringComparison.Ordinal)) == true)
        {
            var texts = live.Select(item => item?.ToJsonString()).ToHashSet();
            return Value.ListOf(sent.Where(item => texts.Contains(item?.ToJsonString())).Select(ManifestJson.ToValue));
        }

        // Nobody owns a part of it for us: it is shown as it is.
        var seen = ManifestJson.ToValue(live);
        return ManifestJson.HoldsWithheld(sent) ? new Value.Sensitive(seen) : seen;
    }

    /// <summary>An item of a list whose items have keys, such as the containers of a pod.</summary>
    private static Value? SeenItem(
        JsonNode? sent, JsonArray live, IEnumerable<KeyValuePair<string, JsonNode?>> owned)
    {
        foreach (var (name, fields) in owned)
        {
            // A key's part may be filled in by the server: a port's protocol.
            if (Parse(name["k:".Length..]) is { } key && sent is JsonObject item
                && key.All(part => item[part.Key] is not { } has || JsonNode.DeepEquals(has, part.Value)))
            {
                var there = live.OfType<JsonObject>().FirstOrDefault(other =>
                    key.All(part => JsonNode.DeepEquals(other[part.Key], part.Value)));
                return SeenMap(item, there, fields as JsonObject);
            }
        }

        return null;
    }

    private static JsonObject? Parse(string key)
    {
        try
        {
            return JsonNode.Parse(key) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What was applied as one piece, with the values that its record leaves out as they are now.</summary>
    private static Value Whole(JsonNode? sent, JsonNode? live)
    {
        if (ManifestJson.IsWithheld(sent))
            return new Value.Sensitive(ManifestJson.ToValue(live));
        return sent switch
        {
            JsonObject map => new Value.Map(ValueMap.From(map.Select(field => KeyValuePair.Create(
                field.Key, Whole(field.Value, (live as JsonObject)?[field.Key]))))),
            JsonArray list => Value.ListOf(list.Select((item, index) => Whole(
                item, live is JsonArray others && index < others.Count ? others[index] : null))),
            _ => ManifestJson.ToValue(sent),
        };
    }
}
