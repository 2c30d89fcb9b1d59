using System.Net;

namespace Orrery.Simulation.Hetzner.Requests;

/// <summary>Whether addresses and blocks of them are written as the vendor wants them.</summary>
internal static class AddressRules
{
    /// <summary>The address is this one, or lies in this network.</summary>
    public static bool Covers(string addressOrNetwork, string address) =>
        addressOrNetwork == address
        || (IPNetwork.TryParse(addressOrNetwork, out var network)
            && IPAddress.TryParse(address, out var parsed)
            && network.Contains(parsed));

    /// <summary>A block in CIDR notation whose host bits are zero, or a single host with its full prefix.</summary>
    public static bool IsBlock(string text) =>
        text.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash
        && IPNetwork.TryParse(text, out var network)
        && IPAddress.TryParse(text[..slash], out var address)
        // The parser forgives host bits; the vendor does not.
        && network.BaseAddress.Equals(address);
}
