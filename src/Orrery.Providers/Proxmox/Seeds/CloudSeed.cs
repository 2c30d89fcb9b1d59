using Orrery.Model.Documents;
using Orrery.Model.Values;
using Orrery.Providers.Talos;

namespace Orrery.Providers.Proxmox.Seeds;

/// <summary>
/// The files of a cidata CD by which a machine of the platform nocloud has its addresses before it has a configuration:
/// https://cloudinit.readthedocs.io/en/latest/reference/datasources/nocloud.html. Pure.
/// </summary>
internal static class CloudSeed
{
    public static string Metadata(string cluster, TalosPlace place) => YamlText.Write(Value.MapOf(
        ("instance-id", $"{cluster}-{place.Node}"), ("local-hostname", place.Node)));

    /// <summary>Version 2, the card by its hardware address: what the kernel calls it is not known here.</summary>
    public static string Network(TalosPlace place)
    {
        var network = place.Machine.Network;
        var card = Value.MapOf(
            ("match", Value.MapOf(("macaddress", place.HardwareAddress))),
            ("dhcp4", false),
            ("addresses", Value.ListOf(network.Addresses.Select(address => (Value)address))),
            ("nameservers", Value.MapOf(
                ("addresses", Value.ListOf(network.Nameservers.Select(address => (Value)address))))));
        if (network.Gateway is { } gateway)
            card = new Value.Map(card.Fields.With("gateway4", gateway));
        return YamlText.Write(Value.MapOf(
            ("version", 2), ("ethernets", Value.MapOf(("nodes", card)))));
    }
}
