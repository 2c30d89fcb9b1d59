using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Engine.State;

/// <summary>
/// The state as one JSON document: a schema version, a digest of the body's bytes, the sensitive values in one sealed
/// block that the digest covers, and the body. Its size grows with the resources, not with the paths between them.
/// </summary>
internal static class StateDocument
{
    private const int Schema = 1;
    private const int BytesPerResourceUsual = 1024;
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    public static byte[] Write(Recorded recorded, IStateCipher cipher)
    {
        var sensitive = new List<Value>();
        var codec = new RecordJson(sensitive);
        var buffer = new ArrayBufferWriter<byte>(BytesPerResourceUsual * (recorded.Resources.Count + 1));
        using (var json = new Utf8JsonWriter(buffer, Indented))
        {
            json.WriteStartObject();
            json.WriteString("platform", recorded.PlatformId);
            json.WriteNumber("serial", recorded.Serial);
            json.WriteStartObject("goals");
            foreach (var (address, generation) in recorded.Goals)
                json.WriteNumber(address, generation);
            json.WriteEndObject();
            json.WriteStartArray("resources");
            foreach (var resource in recorded.Resources.Values)
                codec.Write(json, resource);
            json.WriteEndArray();
            if (sensitive.Count > 0)
                json.WriteString("sealed", SealedValues.Seal(sensitive, cipher));
            json.WriteEndObject();
        }

        var head = Encoding.UTF8.GetBytes(
            $"{{\n\"schema\": {Schema},\n\"sha256\": \"{Digest(buffer.WrittenSpan)}\",\n\"body\": ");
        return [.. head, .. buffer.WrittenSpan, .. "\n}\n"u8];
    }

    public static Recorded Read(ReadOnlyMemory<byte> content, IStateCipher cipher)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            var schema = document.RootElement.GetProperty("schema").GetInt32();
            if (schema != Schema)
                throw UnknownSchema(schema);
            var body = document.RootElement.GetProperty("body");
            if (document.RootElement.GetProperty("sha256").GetString() != Digest(BodyOf(content.Span)))
                throw Damaged("its digest does not fit its content");
            var sensitive = body.TryGetProperty("sealed", out var block)
                ? SealedValues.Open(block.GetString() ?? "", cipher)
                : [];
            return ReadBody(body, new RecordJson(sensitive));
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or FormatException
            or InvalidOperationException)
        {
            throw Damaged(exception.Message);
        }
    }

    private static Recorded ReadBody(JsonElement body, RecordJson codec) => new()
    {
        PlatformId = body.GetProperty("platform").GetString() ?? "",
        Serial = body.GetProperty("serial").GetInt64(),
        Goals = ValueMap.From(body.GetProperty("goals").EnumerateObject()
            .Select(goal => KeyValuePair.Create(goal.Name, goal.Value.GetInt32()))),
        Resources = body.GetProperty("resources").EnumerateArray().Select(codec.Read)
            .ToValueMap(resource => resource.Address.Text),
    };

    /// <summary>The digest covers the exact bytes of the body, so that any changed byte is noticed.</summary>
    private static ReadOnlySpan<byte> BodyOf(ReadOnlySpan<byte> content)
    {
        var marker = "\"body\": "u8;
        var start = content.IndexOf(marker);
        var end = content.LastIndexOf("\n}"u8);
        return start < 0 || end < start ? [] : content[(start + marker.Length)..end];
    }

    private static string Digest(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(SHA256.HashData(body));

    private static StateException Damaged(string why) => new(
        StateCodes.Damaged,
        $"state.json is damaged: {why}",
        "restore the last good version: orrery state restore DIR SERIAL");

    private static StateException UnknownSchema(int schema) => new(
        StateCodes.UnknownSchema,
        $"state.json has schema {schema}, this Orrery knows {Schema}",
        "use the Orrery that wrote it, or a newer one");
}
