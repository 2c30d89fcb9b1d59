using System.Globalization;
using System.Text.Json;
using Orrery.Model.Values;
using Orrery.Simulation.Hetzner.State;

namespace Orrery.Simulation.Hetzner.Documents;

/// <summary>What several of the vendor's documents have in common.</summary>
internal static class DocumentParts
{
    public static string Timestamp(Project project, TimeSpan at) =>
        (project.Options.Epoch + at).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>id, name, labels, created: how the documents begin.</summary>
    public static void Head(Utf8JsonWriter writer, Project project, Entity entity)
    {
        writer.WriteNumber("id", entity.Id);
        writer.WriteString("name", entity.Name);
        writer.WriteString("created", Timestamp(project, entity.Created));
        Labels(writer, entity.Labels);
    }

    public static void Labels(Utf8JsonWriter writer, ValueMap<string> labels)
    {
        writer.WriteStartObject("labels");
        foreach (var (key, value) in labels)
            writer.WriteString(key, value);
        writer.WriteEndObject();
    }

    public static void Protection(Utf8JsonWriter writer, bool delete, bool? rebuild = null)
    {
        writer.WriteStartObject("protection");
        writer.WriteBoolean("delete", delete);
        if (rebuild is { } given)
            writer.WriteBoolean("rebuild", given);
        writer.WriteEndObject();
    }

    public static void NumberOrNull(Utf8JsonWriter writer, string name, long? value)
    {
        if (value is { } number)
            writer.WriteNumber(name, number);
        else
            writer.WriteNull(name);
    }

    public static void Numbers(Utf8JsonWriter writer, string name, IEnumerable<long> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
            writer.WriteNumberValue(value);
        writer.WriteEndArray();
    }

    /// <summary>Without one of its own, an address answers with a name made of it.</summary>
    public static string ReverseName(string address, string? given) =>
        given ?? $"static.{string.Join('.', address.Split('.').Reverse())}.clients.invalid";

    /// <summary>IPv4 addresses always have a reverse name, networks only those that were given.</summary>
    public static void ReverseNames(Utf8JsonWriter writer, string address, bool ipv6, string? given)
    {
        writer.WriteStartArray("dns_ptr");
        if (!ipv6 || given is not null)
        {
            writer.WriteStartObject();
            writer.WriteString("ip", ipv6 ? FirstOf(address) : address);
            writer.WriteString("dns_ptr", ReverseName(address, given));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static string FirstOf(string network) => network.Replace("/64", "1", StringComparison.Ordinal);
}
