using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orrery.Simulation.Kubernetes.Requests;

/// <summary>JSON as the server writes it, and small readings of it.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    public static byte[] Bytes(JsonNode? node) => Bytes(writer =>
    {
        if (node is null)
            writer.WriteNullValue();
        else
            node.WriteTo(writer);
    });

    public static byte[] Bytes(Action<Utf8JsonWriter> write)
    {
        // Grown once for each thread, and taken away while in use: what writes may itself ask for bytes.
        var buffer = _buffer ?? new ArrayBufferWriter<byte>();
        _buffer = null;
        using (var writer = new Utf8JsonWriter(buffer, Writing))
            write(writer);
        var bytes = buffer.WrittenSpan.ToArray();
        buffer.ResetWrittenCount();
        _buffer = buffer;
        return bytes;
    }

    public static string Of(JsonNode? node) => System.Text.Encoding.UTF8.GetString(Bytes(node));

    public static string? Text(this JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    /// <summary>The text at a path of member names; null where something on the way is missing.</summary>
    public static string? TextAt(this JsonNode? node, params ReadOnlySpan<string> path) => At(node, path).Text();

    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
            node = (node as JsonObject)?[name];
        return node;
    }

    public static long? Number(this JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetLong(out var number)
            ? number
            : null;

    public static bool IsTrue(this JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.True;

    public static bool IsEmpty(this JsonNode? node) =>
        node is null or JsonObject { Count: 0 } or JsonArray { Count: 0 };

    public static JsonObject Copy(this JsonObject node) => (JsonObject)node.DeepClone();

    /// <summary>Equal in all members but some.</summary>
    public static bool EqualsBut(this JsonObject one, JsonObject other, params ReadOnlySpan<string> ignored)
    {
        var compared = 0;
        foreach (var (name, value) in one)
        {
            if (ignored.Contains(name))
                continue;
            if (!other.TryGetPropertyValue(name, out var same) || !JsonNode.DeepEquals(value, same))
                return false;
            compared++;
        }

        foreach (var (name, _) in other)
        {
            if (!ignored.Contains(name))
                compared--;
        }

        return compared == 0;
    }

    /// <summary>Equal, and their members in the same order.</summary>
    public static bool IsSameText(JsonNode? one, JsonNode? other)
    {
        switch (one, other)
        {
            case (JsonObject a, JsonObject b) when a.Count == b.Count:
                for (var i = 0; i < a.Count; i++)
                {
                    var (mine, its) = (a.GetAt(i), b.GetAt(i));
                    if (mine.Key != its.Key || !IsSameText(mine.Value, its.Value))
                        return false;
                }

                return true;
            case (JsonArray a, JsonArray b) when a.Count == b.Count:
                for (var i = 0; i < a.Count; i++)
                {
                    if (!IsSameText(a[i], b[i]))
                        return false;
                }

                return true;
            case (null or JsonValue, null or JsonValue):
                return JsonNode.DeepEquals(one, other);
            default:
                return false;
        }
    }

    /// <summary>The member as an object, made when it is missing.</summary>
    public static JsonObject Child(this JsonObject node, string name)
    {
        if (node[name] is JsonObject child)
            return child;
        var made = new JsonObject();
        node[name] = made;
        return made;
    }

    private static bool TryGetLong(this JsonValue value, out long number)
    {
        if (value.TryGetValue(out number))
            return true;
        if (value.TryGetValue(out int small))
        {
            number = small;
            return true;
        }

        return long.TryParse(value.ToJsonString(), out number);
    }
}
