using System.Text.Json;
using Orrery.Simulation.Hetzner.State;

namespace Orrery.Simulation.Hetzner.Documents;

/// <summary>The <c>server</c> of the contract.</summary>
internal static class ServerDocument
{
    public static void Write(Utf8JsonWriter writer, Project project, Server server)
    {
        writer.WriteStartObject();
        DocumentParts.Head(writer, project, server);
        writer.WriteString("status", StatusName(server.Status));
        PublicNet(writer, project, server);
        writer.WriteStartArray("private_net");
        writer.WriteEndArray();
        writer.WritePropertyName("server_type");
        CatalogDocuments.ServerType(writer, server.ServerType);
        writer.WritePropertyName("location");
        CatalogDocuments.Location(writer, server.Location);
        writer.WritePropertyName("datacenter");
        CatalogDocuments.DataCenter(writer, server.Location);
        writer.WritePropertyName("image");
        CatalogDocuments.Image(writer, server.Image);
        writer.WriteNull("iso");
        writer.WriteBoolean("rescue_enabled", value: false);
        writer.WriteBoolean("locked", server.Locked);
        writer.WriteNull("backup_window");
        writer.WriteNumber("outgoing_traffic", 0);
        writer.WriteNumber("ingoing_traffic", 0);
        writer.WriteNumber("included_traffic", Catalog.IncludedTrafficBytes);
        DocumentParts.Protection(writer, server.DeleteProtected, server.RebuildProtected);
        DocumentParts.Numbers(writer, "volumes", project.VolumesOf(server).Select(volume => volume.Id));
        DocumentParts.Numbers(writer, "load_balancers", []);
        writer.WriteNumber("primary_disk_size", server.ServerType.DiskGigabytes);
        writer.WriteNull("placement_group");
        writer.WriteEndObject();
    }

    public static string StatusName(ServerStatus status) => status switch
    {
        ServerStatus.Initializing => "initializing",
        ServerStatus.Starting => "starting",
        ServerStatus.Running => "running",
        ServerStatus.Stopping => "stopping",
        ServerStatus.Off => "off",
        ServerStatus.Deleting => "deleting",
        _ => "rebuilding",
    };

    private static void PublicNet(Utf8JsonWriter writer, Project project, Server server)
    {
        writer.WriteStartObject("public_net");
        Address(writer, "ipv4", project.PrimaryIpOf(server, ipv6: false));
        Address(writer, "ipv6", project.PrimaryIpOf(server, ipv6: true));
        DocumentParts.Numbers(writer, "floating_ips", project.FloatingIpsOf(server).Select(address => address.Id));
        writer.WriteStartArray("firewalls");
        foreach (var firewall in project.Firewalls.All)
        {
            if (!firewall.Servers.TryGetValue(server.Id, out var applied))
                continue;
            writer.WriteStartObject();
            writer.WriteNumber("id", firewall.Id);
            writer.WriteString("status", applied ? "applied" : "pending");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Address(Utf8JsonWriter writer, string name, PrimaryIp? address)
    {
        if (address is null)
        {
            writer.WriteNull(name);
            return;
        }

        writer.WriteStartObject(name);
        writer.WriteNumber("id", address.Id);
        writer.WriteString("ip", address.Address);
        writer.WriteBoolean("blocked", value: false);
        if (address.Ipv6)
            DocumentParts.ReverseNames(writer, address.Address, ipv6: true, address.ReverseName);
        else
            writer.WriteString("dns_ptr", DocumentParts.ReverseName(address.Address, address.ReverseName));
        writer.WriteEndObject();
    }
}
