using System.Buffers;
using System.Text.Json;
using Orrery.Model.Values;

namespace Orrery.Engine.State;

/// <summary>Sensitive values as one block, sealed to the recovery recipients.</summary>
internal static class SealedValues
{
    public static string Seal(List<Value> values, IStateCipher cipher)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            var codec = new RecordJson(null);
            json.WriteStartArray();
            foreach (var value in values)
                codec.WriteValue(json, value);
            json.WriteEndArray();
        }

        return System.Text.Encoding.ASCII.GetString(cipher.Seal(buffer.WrittenSpan));
    }

    public static List<Value> Open(string block, IStateCipher cipher)
    {
        using var document = JsonDocument.Parse(cipher.Open(System.Text.Encoding.ASCII.GetBytes(block)));
        var codec = new RecordJson(null);
        return [.. document.RootElement.EnumerateArray().Select(codec.ReadValue)];
    }
}
