using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Routes;

namespace Orrery.Simulation.Kubernetes.Documents;

/// <summary>Shows objects as the client asks for: whole, as table rows, or only their metadata.</summary>
internal static class Presentation
{
    private const string MetaVersion = "meta.k8s.io/v1";

    public static Answer Object(KubernetesApi api, RequestInfo info, JsonObject item, int status = 200) =>
        FormOf(info) switch
        {
            Form.Table => Answer.Json(Tables.Of(api, info, [item], Metadata(item), hasHeader: true), status),
            Form.Metadata => Answer.Json(Partial(item), status),
            _ => Answer.Json(InVersion(info.Kind, item), status),
        };

    public static Answer List(
        KubernetesApi api, RequestInfo info, IReadOnlyList<JsonObject> items, JsonObject metadata)
    {
        switch (FormOf(info))
        {
            case Form.Table:
                metadata.Remove("continue", out var next);
                if (next.Text() is { Length: > 0 })
                    metadata["continue"] = next;
                return Answer.Json(Tables.Of(api, info, items, metadata, hasHeader: true));
            case Form.Metadata:
                return Answer.Json(new JsonObject
                {
                    ["kind"] = "PartialObjectMetadataList",
                    ["apiVersion"] = MetaVersion,
                    ["metadata"] = metadata,
                    ["items"] = new JsonArray([.. items.Select(Partial)]),
                });
            default:
                return new Answer { Body = JsonText.Bytes(json => WriteList(json, api, info, items, metadata)) };
        }
    }

    public static JsonObject Event(KubernetesApi api, RequestInfo info, JsonObject item, bool isFirst) =>
        FormOf(info) switch
        {
            Form.Table => Tables.Of(api, info, [item], Metadata(item), isFirst),
            Form.Metadata => Partial(item),
            _ => InVersion(info.Kind, item),
        };

    /// <summary>Only the head: kind, version, metadata.</summary>
    public static JsonObject Partial(JsonObject item) => new()
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = MetaVersion,
        ["metadata"] = item["metadata"]?.DeepClone(),
    };

    private static string ListKind(KubernetesApi api, RequestInfo info)
    {
        var definition = info.Kind.Definition is { } name
            ? api.Store.Peek("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", name)
            : null;
        return definition.TextAt("spec", "names", "listKind") ?? info.Kind.Kind + "List";
    }

    private static JsonObject Metadata(JsonObject item) =>
        new() { ["resourceVersion"] = item.At("metadata", "resourceVersion")?.DeepClone() };

    // Objects of several versions are stored once; without conversion only their version is another.
    private static JsonObject InVersion(ResourceKind kind, JsonObject item)
    {
        if (item["apiVersion"].Text() == kind.ApiVersion)
            return item;
        var shown = item.Copy();
        shown["apiVersion"] = kind.ApiVersion;
        return shown;
    }

    // Lists are asked for often and are long: their items are written as they stand, without copies.
    private static void WriteList(
        Utf8JsonWriter json, KubernetesApi api, RequestInfo info, IReadOnlyList<JsonObject> items, JsonObject metadata)
    {
        json.WriteStartObject();
        json.WriteString("kind", ListKind(api, info));
        json.WriteString("apiVersion", info.Kind.ApiVersion);
        json.WritePropertyName("metadata");
        metadata.WriteTo(json);
        json.WriteStartArray("items");
        foreach (var item in items)
        {
            json.WriteStartObject();
            foreach (var (name, value) in item)
                WriteInList(json, info.Kind, name, value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteInList(Utf8JsonWriter json, ResourceKind kind, string name, JsonNode? value)
    {
        if (kind.Definition is null && name is "kind" or "apiVersion")
            return;
        json.WritePropertyName(name);
        if (name == "apiVersion")
            json.WriteStringValue(kind.ApiVersion);
        else if (value is null)
            json.WriteNullValue();
        else
            value.WriteTo(json);
    }

    private static Form FormOf(RequestInfo info)
    {
        foreach (var wanted in info.Accept.Split(','))
        {
            if (wanted.Contains("as=Table", StringComparison.Ordinal))
                return Form.Table;
            if (wanted.Contains("as=PartialObjectMetadata", StringComparison.Ordinal))
                return Form.Metadata;
            if (wanted.Trim().Split(';')[0] is "application/json" or "*/*" or "")
                return Form.Whole;
        }

        throw new ApiFailure(
            406, "NotAcceptable", "only the following media types are accepted: application/json")
        {
            Details = [],
        };
    }

    private enum Form
    {
        Whole,
        Table,
        Metadata,
    }
}
