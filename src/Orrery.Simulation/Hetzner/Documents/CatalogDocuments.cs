using System.Globalization;
using System.Text.Json;
using Orrery.Simulation.Hetzner.State;

namespace Orrery.Simulation.Hetzner.Documents;

/// <summary>Locations, data centres, server types and images: what can be ordered.</summary>
internal static class CatalogDocuments
{
    // When the types of the older generation were announced to go; simulated.
    private const string DeprecationAnnounced = "2025-10-16T00:00:00Z";
    private const string DeprecationAfter = "2025-12-31T23:59:59Z";

    public static void Location(Utf8JsonWriter writer, Location location)
    {
        writer.WriteStartObject();
        writer.WriteNumber("id", location.Id);
        writer.WriteString("name", location.Name);
        writer.WriteString("description", location.Description);
        writer.WriteString("country", location.Country);
        writer.WriteString("city", location.City);
        writer.WriteNumber("latitude", location.Latitude);
        writer.WriteNumber("longitude", location.Longitude);
        writer.WriteString("network_zone", location.Zone);
        writer.WriteEndObject();
    }

    public static void DataCenter(Utf8JsonWriter writer, Location location)
    {
        var supported = Catalog.ServerTypes.Where(type => type.Locations.Contains(location.Name)).ToList();
        var orderable = supported.Where(type => !type.Deprecated).Select(type => type.Id).ToList();
        writer.WriteStartObject();
        writer.WriteNumber("id", location.DataCenter.Id);
        writer.WriteString("name", location.DataCenter.Name);
        writer.WriteString("description", $"{location.City} 1 virtual DC {location.DataCenter.Id}");
        writer.WritePropertyName("location");
        Location(writer, location);
        writer.WriteStartObject("server_types");
        DocumentParts.Numbers(writer, "supported", supported.Select(type => type.Id));
        DocumentParts.Numbers(writer, "available", orderable);
        DocumentParts.Numbers(writer, "available_for_migration", orderable);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    public static void ServerType(Utf8JsonWriter writer, ServerType type)
    {
        writer.WriteStartObject();
        writer.WriteNumber("id", type.Id);
        writer.WriteString("name", type.Name);
        writer.WriteString("description", type.Name.ToUpperInvariant());
        writer.WriteString("category", type.Category);
        writer.WriteNumber("cores", type.Cores);
        writer.WriteNumber("memory", type.MemoryGigabytes);
        writer.WriteNumber("disk", type.DiskGigabytes);
        writer.WriteString("storage_type", "local");
        writer.WriteString("cpu_type", type.Dedicated ? "dedicated" : "shared");
        writer.WriteString("architecture", type.Architecture);
        writer.WriteBoolean("deprecated", type.Deprecated);
        Deprecation(writer, type.Deprecated);
        Prices(writer, type);
        writer.WriteStartArray("locations");
        foreach (var location in Catalog.Locations.Where(location => type.Locations.Contains(location.Name)))
        {
            writer.WriteStartObject();
            writer.WriteNumber("id", location.Id);
            writer.WriteString("name", location.Name);
            Deprecation(writer, type.Deprecated);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public static void Image(Utf8JsonWriter writer, Image image)
    {
        writer.WriteStartObject();
        writer.WriteNumber("id", image.Id);
        writer.WriteString("type", "system");
        writer.WriteString("status", "available");
        writer.WriteString("name", image.Name);
        writer.WriteString("description", image.Description);
        writer.WriteNull("image_size");
        writer.WriteNumber("disk_size", 5);
        writer.WriteString("created", "2025-01-01T00:00:00Z");
        writer.WriteNull("created_from");
        writer.WriteNull("bound_to");
        writer.WriteString("os_flavor", image.Flavor);
        writer.WriteString("os_version", image.Version);
        writer.WriteString("architecture", image.Architecture);
        writer.WriteBoolean("rapid_deploy", true);
        DocumentParts.Protection(writer, delete: false);
        writer.WriteNull("deprecated");
        writer.WriteNull("deleted");
        writer.WriteStartObject("labels");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    public static void Prices(Utf8JsonWriter writer, ServerType type)
    {
        writer.WriteStartArray("prices");
        foreach (var location in type.Locations)
        {
            writer.WriteStartObject();
            writer.WriteString("location", location);
            Price(writer, "price_hourly", type.MonthlyPrice / Catalog.HoursPerMonth);
            Price(writer, "price_monthly", type.MonthlyPrice);
            writer.WriteNumber("included_traffic", Catalog.IncludedTrafficBytes);
            Price(writer, "price_per_tb_traffic", Catalog.TrafficTerabyte);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public static void Price(Utf8JsonWriter writer, string name, decimal net)
    {
        writer.WriteStartObject(name);
        writer.WriteString("net", Amount(net));
        writer.WriteString("gross", Amount(net * (1 + Catalog.Vat)));
        writer.WriteEndObject();
    }

    public static string Amount(decimal amount) => amount.ToString("0.0000000000", CultureInfo.InvariantCulture);

    private static void Deprecation(Utf8JsonWriter writer, bool deprecated)
    {
        if (!deprecated)
        {
            writer.WriteNull("deprecation");
            return;
        }

        writer.WriteStartObject("deprecation");
        writer.WriteString("announced", DeprecationAnnounced);
        writer.WriteString("unavailable_after", DeprecationAfter);
        writer.WriteEndObject();
    }
}
