using System.Buffers;
using System.Text;
using System.Text.Json;
using Orrery.Model.Values;

namespace Orrery.GitOps.Manifests;

/// <summary>Values as JSON on one line.</summary>
internal static class Json
{
    public static string Of(Value value)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
            Write(writer, value);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, Value value)
    {
        switch (value)
        {
            case Value.List list:
                writer.WriteStartArray();
                foreach (var item in list.Items)
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            case Value.Map map:
                writer.WriteStartObject();
                foreach (var (key, field) in map.Fields)
                {
                    writer.WritePropertyName(key);
                    Write(writer, field);
                }

                writer.WriteEndObject();
                break;
            case Value.Text text:
                writer.WriteStringValue(text.Of);
                break;
            default:
                throw new InvariantException($"{value.GetType().Name} is not expected in such a document");
        }
    }
}
