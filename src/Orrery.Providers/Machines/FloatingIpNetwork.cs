using System.Net;
using System.Net.Sockets;
using Orrery.Model.Values;

namespace Orrery.Providers.Machines;

/// <summary>
/// The floating IP as netplan (https://netplan.readthedocs.io/en/stable/netplan-yaml/) has it. The machine may have it
/// long before it is assigned to it.
/// </summary>
internal static class FloatingIpNetwork
{
    public static Value.Map Of(string ip)
    {
        // Linux answers for an IPv4 address at whichever interface it is asked, so the loopback holds it and no name of
        // an interface can be wrong. For an IPv6 address it answers only at the interface that has it: the one that
        // Hetzner's own network configuration calls eth0, into which netplan merges this.
        // One that is not known yet is shown as what it mostly is.
        var isIpv6 = IPAddress.TryParse(ip, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;
        return isIpv6
            ? Network("eth0", [], $"{ip}/64")
            : Network("lo", [("match", Value.MapOf(("name", "lo")))], $"{ip}/32");
    }

    private static Value.Map Network(string name, ReadOnlySpan<(string, Value)> match, string address) => Value.MapOf(
        ("network", Value.MapOf(
            ("version", 2),
            ("ethernets", Value.MapOf(
                (name, Value.MapOf([.. match, ("addresses", Value.ListOf([address]))])))))));
}
