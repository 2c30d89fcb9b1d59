using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Engine.State;

/// <summary>
/// The state as one JSON document: a schema version, a digest of the bytes that follow it, the body, and what opens the
/// sensitive values in it, as SOPS has it. Its size grows with the resources, not with the paths between them.
/// </summary>
internal static class StateDocument
{
    private const int Schema = 2;

    /// <summary>Its sensitive values stood in one block, in the body.</summary>
    private const int SchemaWithBlock = 1;

    private const string Root = "body:resources:";
    private const int BytesPerResourceUsual = 1024;
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    public static byte[] Write(Recorded recorded, IStateCipher cipher)
    {
        var buffer = new ArrayBufferWriter<byte>(BytesPerResourceUsual * (recorded.Resources.Count + 1));
        using (var json = new Utf8JsonWriter(buffer, Indented))
        using (var records = new RecordWriter(cipher, Root))
        {
            json.WriteStartObject();
            json.WriteStartObject("body");
            json.WriteString("platform", recorded.PlatformId);
            json.WriteNumber("serial", recorded.Serial);
            json.WriteStartObject("goals");
            foreach (var (address, generation) in recorded.Goals)
                json.WriteNumber(address, generation);
            json.WriteEndObject();
            json.WriteStartArray("resources");
            foreach (var resource in recorded.Resources.Values)
                records.Write(json, resource);
            json.WriteEndArray();
            json.WriteEndObject();
            records.Finish(json);
            json.WriteEndObject();
        }

        // Behind the brace that opens, and up to the one that closes.
        var rest = buffer.WrittenSpan[(buffer.WrittenSpan.IndexOf((byte)'{') + 1)..^1].Trim((byte)'\n');
        var head = Encoding.UTF8.GetBytes($"{{\n  \"schema\": {Schema},\n  \"sha256\": \"{Digest(rest)}\",\n");
        return [.. head, .. rest, .. "\n}\n"u8];
    }

    public static Recorded Read(ReadOnlyMemory<byte> content, IStateCipher cipher)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            var schema = document.RootElement.GetProperty("schema").GetInt32();
            if (schema is not (Schema or SchemaWithBlock))
                throw UnknownSchema(schema);
            var body = document.RootElement.GetProperty("body");
            var marker = schema == Schema ? ",\n"u8 : "\"body\": "u8;
            if (document.RootElement.GetProperty("sha256").GetString() != Digest(Covered(content.Span, marker)))
                throw Damaged("its digest does not fit its content");
            var sensitive = SealedValues.Of(document.RootElement, body, cipher);
            var read = ReadBody(body, new RecordReader(sensitive, Root));
            sensitive?.Finish();
            return read;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or FormatException
            or InvalidOperationException)
        {
            throw Damaged(exception.Message);
        }
    }

    private static Recorded ReadBody(JsonElement body, RecordReader codec) => new()
    {
        PlatformId = body.GetProperty("platform").GetString() ?? "",
        Serial = body.GetProperty("serial").GetInt64(),
        Goals = ValueMap.From(body.GetProperty("goals").EnumerateObject()
            .Select(goal => KeyValuePair.Create(goal.Name, goal.Value.GetInt32()))),
        Resources = body.GetProperty("resources").EnumerateArray().Select(codec.Read)
            .ToValueMap(resource => resource.Address.Text),
    };

    /// <summary>The digest covers exact bytes, so that any changed one is noticed.</summary>
    /// <param name="marker">What they stand behind: of schema 2, the last comma of the two lines before.</param>
    private static ReadOnlySpan<byte> Covered(ReadOnlySpan<byte> content, ReadOnlySpan<byte> marker)
    {
        var digest = content.IndexOf("\"sha256\""u8);
        var start = digest < 0 ? -1 : content[digest..].IndexOf(marker);
        var end = content.LastIndexOf("\n}"u8);
        start += digest + marker.Length;
        return digest < 0 || start < digest + marker.Length || end < start ? [] : content[start..end];
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
