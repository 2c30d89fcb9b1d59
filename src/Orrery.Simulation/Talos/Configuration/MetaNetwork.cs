using Orrery.Simulation.Machines.CloudInit;

namespace Orrery.Simulation.Talos.Configuration;

/// <summary>
/// The network of platform <c>metal</c> as META has it under key 10:
/// https://www.talos.dev/latest/advanced/metal-network-configuration.
/// </summary>
internal static class MetaNetwork
{
    /// <summary>The addresses of a link, with prefix lengths; none where the text cannot be read.</summary>
    public static List<string> AddressesIn(string text, string link)
    {
        try
        {
            return
            [
                .. YamlTree.Items(YamlTree.At(YamlTree.Read(text), "addresses"))
                    .Where(address => YamlTree.Text(YamlTree.At(address, "linkName")) is not { } name || name == link)
                    .Select(address => YamlTree.Text(YamlTree.At(address, "address"))).OfType<string>(),
            ];
        }
        catch (FormatException)
        {
            return [];
        }
    }
}
