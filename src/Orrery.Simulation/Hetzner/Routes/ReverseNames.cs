using Orrery.Simulation.Hetzner.Requests;

namespace Orrery.Simulation.Hetzner.Routes;

/// <summary>The body of every <c>change_dns_ptr</c>.</summary>
internal static class ReverseNames
{
    /// <summary>Reads the name for an address of its own; null takes the old one away.</summary>
    public static void Read(Exchange exchange, string addressOrNetwork, out string? name)
    {
        var given = exchange.Body.RequiredText("ip");
        name = exchange.Body.Text("dns_ptr");
        if (given.Length > 0 && !AddressRules.Covers(addressOrNetwork, given))
            exchange.Body.Problem("ip", "does not belong to the resource");
        exchange.Body.Check();
    }
}
