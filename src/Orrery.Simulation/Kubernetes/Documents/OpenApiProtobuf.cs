using System.Text;
using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Kubernetes.Documents;

/// <summary>
/// OpenAPI v2 as protobuf, after gnostic's OpenAPIv2.proto (https://github.com/google/gnostic-models): only the fields
/// that our documents have. Vendor extensions are pairs of a name and YAML.
/// </summary>
internal static class OpenApiProtobuf
{
    public static byte[] Encode(JsonObject document)
    {
        var message = new ProtobufMessage();
        message.Text(1, document["swagger"].Text());
        message.Message(2, new ProtobufMessage()
            .Text(1, document.TextAt("info", "title")).Text(2, document.TextAt("info", "version")));
        var paths = new ProtobufMessage();
        foreach (var (path, item) in document["paths"] as JsonObject ?? [])
            paths.Message(2, Named(path, PathItem(item)));
        message.Message(8, paths);
        var definitions = new ProtobufMessage();
        foreach (var (name, schema) in document["definitions"] as JsonObject ?? [])
            definitions.Message(1, Named(name, Schema(schema as JsonObject ?? [])));
        message.Message(9, definitions);
        return message.ToArray();
    }

    private static ProtobufMessage Named(string name, ProtobufMessage value) =>
        new ProtobufMessage().Text(1, name).Message(2, value);

    private static ProtobufMessage PathItem(JsonNode? item) =>
        new ProtobufMessage().Message(8, Operation(item.At("patch") as JsonObject ?? []));

    private static ProtobufMessage Operation(JsonObject patch)
    {
        var message = new ProtobufMessage().Text(3, patch["description"].Text()).Text(5, patch["operationId"].Text());
        foreach (var type in patch["produces"] as JsonArray ?? [])
            message.Text(6, type.Text());
        foreach (var parameter in patch["parameters"] as JsonArray ?? [])
            message.Message(8, Parameter(parameter));
        var ok = new ProtobufMessage().Text(1, "OK");
        message.Message(9, new ProtobufMessage().Message(1, Named("200", new ProtobufMessage().Message(1, ok))));
        AddExtensions(message, 13, patch);
        return message;
    }

    // parametersItem.parameter.non_body_parameter.query_parameter_sub_schema
    private static ProtobufMessage Parameter(JsonNode? parameter)
    {
        var query = new ProtobufMessage().Text(2, "query").Text(4, parameter.TextAt("name"))
            .Text(6, parameter.TextAt("type"));
        var nonBody = new ProtobufMessage().Message(3, query);
        return new ProtobufMessage().Message(1, new ProtobufMessage().Message(2, nonBody));
    }

    private static ProtobufMessage Schema(JsonObject schema)
    {
        var message = new ProtobufMessage().Text(1, schema["$ref"].Text()).Text(2, schema["format"].Text());
        if (schema["additionalProperties"] is JsonObject values)
            message.Message(21, new ProtobufMessage().Message(1, Schema(values)));
        if (schema["type"].Text() is { } type)
            message.Message(22, new ProtobufMessage().Text(1, type));
        if (schema["items"] is JsonObject items)
            message.Message(23, new ProtobufMessage().Message(1, Schema(items)));
        if (schema["properties"] is JsonObject properties)
        {
            var inner = new ProtobufMessage();
            foreach (var (name, property) in properties)
                inner.Message(1, Named(name, Schema(property as JsonObject ?? [])));
            message.Message(25, inner);
        }

        AddExtensions(message, 31, schema);
        return message;
    }

    private static void AddExtensions(ProtobufMessage message, int number, JsonObject from)
    {
        foreach (var (name, value) in from)
        {
            if (!name.StartsWith("x-", StringComparison.Ordinal))
                continue;
            // JSON is YAML; the reader takes it from the second field of Any.
            var any = new ProtobufMessage().Text(2, JsonText.Of(value) + "\n");
            message.Message(number, Named(name, any));
        }
    }

    /// <summary>A message as it is written: fields of texts and of messages.</summary>
    private sealed class ProtobufMessage
    {
        private readonly List<byte> _bytes = [];

        public ProtobufMessage Text(int field, string? text)
        {
            if (!string.IsNullOrEmpty(text))
                Write(field, Encoding.UTF8.GetBytes(text));
            return this;
        }

        public ProtobufMessage Message(int field, ProtobufMessage message)
        {
            Write(field, message.ToArray());
            return this;
        }

        public byte[] ToArray() => [.. _bytes];

        private void Write(int field, byte[] bytes)
        {
            // Wire type 2: a length and that many bytes.
            Number((uint)((field << 3) | 2));
            Number((uint)bytes.Length);
            _bytes.AddRange(bytes);
        }

        private void Number(uint value)
        {
            while (value >= 0x80)
            {
                _bytes.Add((byte)(value | 0x80));
                value >>= 7;
            }

            _bytes.Add((byte)value);
        }
    }
}
