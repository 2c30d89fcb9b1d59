using System.Text.Json;
using Orrery.Simulation.Hetzner.State;

namespace Orrery.Simulation.Hetzner.Documents;

/// <summary>The <c>volume</c> of the contract.</summary>
internal static class VolumeDocument
{
    public static void Write(Utf8JsonWriter writer, Project project, Volume volume)
    {
        writer.WriteStartObject();
        DocumentParts.Head(writer, project, volume);
        DocumentParts.NumberOrNull(writer, "server", volume.Server);
        writer.WritePropertyName("location");
        CatalogDocuments.Location(writer, volume.Location);
        writer.WriteNumber("size", volume.SizeGigabytes);
        writer.WriteString("linux_device", $"/dev/disk/by-id/scsi-0HC_Volume_{volume.Id}");
        DocumentParts.Protection(writer, volume.DeleteProtected);
        writer.WriteString("status", volume.Available ? "available" : "creating");
        writer.WriteString("format", volume.Format);
        writer.WriteEndObject();
    }
}
