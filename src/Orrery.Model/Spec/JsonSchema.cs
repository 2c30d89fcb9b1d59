using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Orrery.Model.Spec.Kinds;
using Orrery.Model.Spec.Schema;

namespace Orrery.Model.Spec;

/// <summary>The JSON Schema (draft 2020-12) of a document of the declaration, for editors and other programs.</summary>
public static class JsonSchema
{
    /// <summary>The file name under which examples and new declarations refer to it.</summary>
    public const string FileName = "orrery.schema.json";

    /// <summary>The schema as text, indented, with a final newline; the same bytes everywhere.</summary>
    public static string Write()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var options = new JsonWriterOptions
        {
            Indented = true,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        using (var writer = new Utf8JsonWriter(buffer, options))
            WriteRoot(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void WriteRoot(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
        writer.WriteString("$id", "urn:orrery:declaration:v1");
        writer.WriteString("title", "A document of an Orrery declaration");
        writer.WriteString("type", "object");
        writer.WriteStartArray("required");
        writer.WriteStringValue("apiVersion");
        writer.WriteStringValue("kind");
        writer.WriteEndArray();
        writer.WriteStartObject("properties");
        writer.WriteStartObject("kind");
        writer.WriteStartArray("enum");
        foreach (var kind in Kind.All)
            writer.WriteStringValue(kind.Name);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteStartArray("allOf");
        foreach (var kind in Kind.All)
            WriteKind(writer, kind);
        writer.WriteEndArray();
        WriteDefinitions(writer);
        writer.WriteEndObject();
    }

    private static void WriteKind(Utf8JsonWriter writer, Kind kind)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("if");
        writer.WriteStartObject("properties");
        writer.WriteStartObject("kind");
        writer.WriteString("const", kind.Name);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteStartObject("then");
        kind.Document.WriteSchema(writer);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteDefinitions(Utf8JsonWriter writer)
    {
        // What an inheriting cluster takes over need not be repeated, so nothing that merges is required there.
        var mergeable = ShapeGraph.Mergeable(ClusterKind.Kind.Spec);
        writer.WriteStartObject("$defs");
        writer.WriteStartObject("Secret");
        SecretShape.WriteDefinition(writer);
        writer.WriteEndObject();
        foreach (var shape in Kind.All.SelectMany(kind => ShapeGraph.Below(kind.Document)).Distinct())
        {
            writer.WriteStartObject(shape.Name);
            shape.WriteDefinition(writer, withRequired: !mergeable.Contains(shape));
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
