using System.Text;

namespace Orrery.Simulation.Machines.Network;

/// <summary>
/// Hetzner's metadata service as a machine sees it: https://docs.hetzner.cloud/reference/cloud#server-metadata.
/// </summary>
internal static class Metadata
{
    public const string Address = "169.254.169.254";

    public static Artefact? Find(Machine machine, string path)
    {
        var text = path switch
        {
            "/hetzner/v1/userdata" => machine.UserData,
            "/hetzner/v1/metadata/hostname" => machine.Name,
            "/hetzner/v1/metadata/instance-id" => machine.Id,
            "/hetzner/v1/metadata/public-ipv4" => machine.Order.Addresses.ElementAtOrDefault(0) ?? "",
            "/hetzner/v1/metadata" => $"hostname: {machine.Name}\ninstance-id: {machine.Id}\n",
            _ => null,
        };
        return text is null ? null : new Artefact(Encoding.UTF8.GetBytes(text), text.Length, "");
    }
}
