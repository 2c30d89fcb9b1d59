using System.Buffers;
using System.Text;
using System.Text.Json;
using Orrery.Model.Values;

namespace Orrery.Engine.State;

/// <summary>How sensitive values stand in documents of the state.</summary>
internal static class RecordJson
{
    /// <summary>Where SOPS looks for what opens a document.</summary>
    public const string Metadata = "sops";

    /// <summary>A sensitive text, sealed as it is.</summary>
    public const string Text = "$sensitive";

    /// <summary>Any other sensitive value, sealed as JSON.</summary>
    public const string Other = "$sensitiveJson";

    /// <summary>Both, as SOPS is told which values are sealed.</summary>
    public const string Keys = @"^\$sensitive(Json)?$";

    /// <summary>A value as JSON, sensitive or not.</summary>
    public static string InClear(Value value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        using (var writer = new RecordWriter(null, ""))
            writer.WriteValue(json, value);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static Value OfClear(string text)
    {
        using var document = JsonDocument.Parse(text);
        return new RecordReader(null, "").ReadValue(document.RootElement);
    }
}
