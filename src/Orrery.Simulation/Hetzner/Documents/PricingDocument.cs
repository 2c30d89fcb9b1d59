using System.Text.Json;
using Orrery.Simulation.Hetzner.State;

namespace Orrery.Simulation.Hetzner.Documents;

/// <summary>The price list. Simulated: see <see cref="Catalog"/>.</summary>
internal static class PricingDocument
{
    public static void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("pricing");
        writer.WriteString("currency", "EUR");
        writer.WriteString("vat_rate", CatalogDocuments.Amount(Catalog.Vat * 100));
        writer.WriteStartObject("floating_ip");
        CatalogDocuments.Price(writer, "price_monthly", Catalog.FloatingIpv4Monthly);
        writer.WriteEndObject();
        Addresses(writer, "floating_ips", Catalog.FloatingIpv4Monthly, Catalog.FloatingIpv6Monthly, hourly: false);
        Addresses(writer, "primary_ips", Catalog.PrimaryIpv4Monthly, 0m, hourly: true);
        writer.WriteStartObject("image");
        CatalogDocuments.Price(writer, "price_per_gb_month", Catalog.ImageGigabyteMonthly);
        writer.WriteEndObject();
        writer.WriteStartObject("volume");
        CatalogDocuments.Price(writer, "price_per_gb_month", Catalog.VolumeGigabyteMonthly);
        writer.WriteEndObject();
        writer.WriteStartObject("server_backup");
        writer.WriteString("percentage", CatalogDocuments.Amount(20m));
        writer.WriteEndObject();
        writer.WriteStartArray("server_types");
        foreach (var type in Catalog.ServerTypes)
        {
            writer.WriteStartObject();
            writer.WriteNumber("id", type.Id);
            writer.WriteString("name", type.Name);
            CatalogDocuments.Prices(writer, type);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("load_balancer_types");
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Addresses(Utf8JsonWriter writer, string name, decimal ipv4, decimal ipv6, bool hourly)
    {
        writer.WriteStartArray(name);
        foreach (var (type, monthly) in new[] { ("ipv4", ipv4), ("ipv6", ipv6) })
        {
            writer.WriteStartObject();
            writer.WriteString("type", type);
            writer.WriteStartArray("prices");
            foreach (var location in Catalog.Locations)
            {
                writer.WriteStartObject();
                writer.WriteString("location", location.Name);
                if (hourly)
                    CatalogDocuments.Price(writer, "price_hourly", monthly / Catalog.HoursPerMonth);
                CatalogDocuments.Price(writer, "price_monthly", monthly);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
