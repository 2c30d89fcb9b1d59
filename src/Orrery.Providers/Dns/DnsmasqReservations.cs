using System.Text;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.Talos;

namespace Orrery.Providers.Dns;

/// <summary>
/// What dnsmasq must know of a cluster's nodes: each has its address by its hardware address, and its name, which Talos
/// does not send. Options: https://thekelleys.org.uk/dnsmasq/docs/dnsmasq-man.html. Pure.
/// </summary>
public static class DnsmasqReservations
{
    /// <summary>Long enough that nodes outlive a router that is away for a night.</summary>
    private const string Lease = "24h";

    /// <summary>
    /// A file for <c>/etc/dnsmasq.d</c>. It reserves and names, and nothing else: the ranges that dnsmasq hands out are
    /// its owner's. Empty for a cluster that asks for no reservations.
    /// </summary>
    public static string Of(Cluster cluster)
    {
        if (!cluster.Network.ReservesInDnsmasq)
            return "";
        var text = new StringBuilder($"# The nodes of the cluster '{cluster.Name}', for dnsmasq. Written by Orrery.\n");
        foreach (var place in TalosMachines.Of(cluster))
        {
            var address = place.Address;
            text.Append($"dhcp-host={place.HardwareAddress},{Bracketed(address)},{place.Node},{Lease}\n");
            text.Append($"host-record={place.Node},{place.Node}.{cluster.Name},{address}\n");
        }

        if (cluster.Network.ApiServer is { } api)
            text.Append($"host-record=api.{cluster.Name},{api.Address}\n");
        AddMoving(text, cluster);
        return text.ToString();
    }

    /// <summary>
    /// Addresses that no card has for good: whoever asks for one by the name that nobody has gets it, so nobody does.
    /// </summary>
    private static void AddMoving(StringBuilder text, Cluster cluster)
    {
        var moving = MovingAddresses(cluster.Network).ToArray();
        if (moving.Length == 0)
            return;
        text.Append("# Addresses that move between nodes: kept for a client that there is not, so handed to nobody.\n");
        foreach (var address in moving)
            text.Append($"dhcp-host=id:orrery-{cluster.Name}-{address},{Bracketed(address)}\n");
    }

    private static IEnumerable<string> MovingAddresses(ClusterNetwork network)
    {
        var declared = (network.LoadBalancer?.Pools.Values.SelectMany(pool => pool) ?? [])
            .Prepend(network.ApiServer?.Address);
        return declared.OfType<string>()
            .SelectMany(text => AddressRange.TryParse(text, out var range) ? range.Each() : [])
            .Select(address => $"{address}")
            .Where(address => network.WithPrefix(address) is not null)
            .Distinct(StringComparer.Ordinal);
    }

    private static string Bracketed(string address) =>
        address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
}
