using System.Text.Json;

namespace Orrery.Model.Spec.Schema;

/// <summary>Writes the JSON Schema of an object's fields.</summary>
internal static class ObjectDefinition
{
    public static void WriteDefinition(this ObjectShape shape, Utf8JsonWriter writer, bool withRequired)
    {
        WriteType(shape, writer);
        writer.WriteStartObject("properties");
        foreach (var field in shape.Fields)
        {
            writer.WriteStartObject(field.Name);
            writer.WriteString("description", field.Description);
            field.Shape.WriteSchema(writer);
            if (field.Default is not null)
                WriteDefault(field, writer);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        if (shape.Others is { } others)
        {
            writer.WriteStartObject("additionalProperties");
            others.WriteSchema(writer);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteBoolean("additionalProperties", false);
        }

        if (withRequired && shape.Fields.Any(field => field.Required))
            WriteRequired(shape, writer);
    }

    private static void WriteType(ObjectShape shape, Utf8JsonWriter writer)
    {
        if (shape is ChoiceShape)
        {
            writer.WriteString("type", "object");
            writer.WriteNumber("minProperties", 1);
            writer.WriteNumber("maxProperties", 1);
            return;
        }

        // An empty value means all defaults.
        writer.WriteStartArray("type");
        writer.WriteStringValue("object");
        writer.WriteStringValue("null");
        writer.WriteEndArray();
    }

    private static void WriteDefault(Field field, Utf8JsonWriter writer)
    {
        writer.WritePropertyName("default");
        if (field.Shape is BooleanShape or IntegerShape)
            writer.WriteRawValue(field.Default ?? "");
        else
            writer.WriteStringValue(field.Default);
    }

    private static void WriteRequired(ObjectShape shape, Utf8JsonWriter writer)
    {
        writer.WriteStartArray("required");
        foreach (var field in shape.Fields.Where(field => field.Required))
            writer.WriteStringValue(field.Name);
        writer.WriteEndArray();
    }
}
