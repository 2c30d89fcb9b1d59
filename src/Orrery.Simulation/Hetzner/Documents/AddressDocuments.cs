using System.Text.Json;
using Orrery.Simulation.Hetzner.State;

namespace Orrery.Simulation.Hetzner.Documents;

/// <summary>The <c>primary_ip</c> and the <c>floating_ip</c> of the contract.</summary>
internal static class AddressDocuments
{
    public static void Primary(Utf8JsonWriter writer, Project project, PrimaryIp address)
    {
        writer.WriteStartObject();
        DocumentParts.Head(writer, project, address);
        writer.WriteString("ip", address.Address);
        writer.WriteString("type", TypeName(address.Ipv6));
        DocumentParts.NumberOrNull(writer, "assignee_id", address.Server);
        writer.WriteString("assignee_type", "server");
        writer.WriteBoolean("auto_delete", address.AutoDelete);
        writer.WriteBoolean("blocked", value: false);
        DocumentParts.ReverseNames(writer, address.Address, address.Ipv6, address.ReverseName);
        writer.WritePropertyName("location");
        CatalogDocuments.Location(writer, address.Location);
        writer.WritePropertyName("datacenter");
        CatalogDocuments.DataCenter(writer, address.Location);
        DocumentParts.Protection(writer, address.DeleteProtected);
        writer.WriteEndObject();
    }

    public static void Floating(Utf8JsonWriter writer, Project project, FloatingIp address)
    {
        writer.WriteStartObject();
        DocumentParts.Head(writer, project, address);
        writer.WriteString("description", address.Description);
        writer.WriteString("ip", address.Address);
        writer.WriteString("type", TypeName(address.Ipv6));
        DocumentParts.NumberOrNull(writer, "server", address.Server);
        DocumentParts.ReverseNames(writer, address.Address, address.Ipv6, address.ReverseName);
        writer.WritePropertyName("home_location");
        CatalogDocuments.Location(writer, address.HomeLocation);
        writer.WriteBoolean("blocked", value: false);
        DocumentParts.Protection(writer, address.DeleteProtected);
        writer.WriteEndObject();
    }

    public static string TypeName(bool ipv6) => ipv6 ? "ipv6" : "ipv4";
}
