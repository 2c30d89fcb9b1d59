using System.Text.Json;
using Orrery.Simulation.Hetzner.State;

namespace Orrery.Simulation.Hetzner.Documents;

/// <summary>The <c>ssh_key</c> of the contract.</summary>
internal static class SshKeyDocument
{
    public static void Write(Utf8JsonWriter writer, Project project, SshKey key)
    {
        writer.WriteStartObject();
        DocumentParts.Head(writer, project, key);
        writer.WriteString("fingerprint", key.Fingerprint);
        writer.WriteString("public_key", key.PublicKey);
        writer.WriteEndObject();
    }
}
