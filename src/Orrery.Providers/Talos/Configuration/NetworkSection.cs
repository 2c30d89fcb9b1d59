using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.Providers.Talos.Configuration;

/// <summary>
/// How a machine is reached: as the section <c>machine.network</c> up to Talos 1.12, later as documents of their own.
/// The host name stands in one place only, and no other source can differ: Talos refuses two.
/// </summary>
internal static class NetworkSection
{
    /// <summary>What documents call the card; no name that the kernel gives.</summary>
    private const string Link = "net0";

    public static Value.Map Of(TalosMachine machine)
    {
        var network = machine.Network;
        return Section.Of(
            ("hostname", machine.Version.HasHostnameDocument ? null : (Value)machine.HostName),
            ("interfaces", Value.ListOf([Section.Of(
                ("deviceSelector", network.HardwareAddress is { } address
                    ? Value.MapOf(("hardwareAddr", address))
                    : Value.MapOf(("physical", true))),
                ("dhcp", !network.IsStatic),
                ("addresses", Section.List(network.Addresses)),
                ("routes", network.Gateway is { } gateway
                    ? Value.ListOf([Value.MapOf(("network", Everywhere(gateway)), ("gateway", gateway))])
                    : null),
                ("vip", VipOf(machine) is { } vip ? Value.MapOf(("ip", vip)) : null))])),
            ("nameservers", Section.List(network.Nameservers)),
            ("kubespan", machine.KubeSpan ? Value.MapOf(("enabled", true)) : null));
    }

    public static IEnumerable<Value.Map> Documents(TalosMachine machine)
    {
        if (machine.Version.HasHostnameDocument)
            yield return Section.Document("HostnameConfig", ("auto", "off"), ("hostname", machine.HostName));
        if (!machine.Version.HasNetworkDocuments)
            yield break;
        var network = machine.Network;
        yield return Section.Document(
            "LinkAliasConfig", ("name", Link), ("selector", Value.MapOf(("match", Selector(network)))));
        if (network.IsStatic)
        {
            yield return Section.Document(
                "LinkConfig",
                ("name", Link),
                ("up", true),
                ("addresses", Section.List(network.Addresses.Select(each => (Value)Value.MapOf(("address", each))))),
                ("routes", network.Gateway is { } gateway
                    ? Value.ListOf([Value.MapOf(("gateway", gateway))])
                    : null));
        }
        else
            yield return Section.Document("DHCPv4Config", ("name", Link));

        if (VipOf(machine) is { } vip)
            yield return Section.Document("Layer2VIPConfig", ("name", vip), ("link", Link));
        if (Section.List(network.Nameservers.Select(each => (Value)Value.MapOf(("address", each)))) is { } resolvers)
            yield return Section.Document("ResolverConfig", ("nameservers", resolvers));
        if (Section.List(machine.TimeServers) is { } servers)
            yield return Section.Document("TimeSyncConfig", ("ntp", Value.MapOf(("servers", servers))));
        if (machine.KubeSpan)
            yield return Section.Document("KubeSpanConfig", ("enabled", true));
    }

    private static string? VipOf(TalosMachine machine) =>
        machine.Role == NodeRole.ControlPlane ? machine.Network.Vip : null;

    /// <summary>In the language of Talos' selectors. Only a card of hardware has a driver and is of no kind.</summary>
    private static string Selector(TalosNetwork network) => network.HardwareAddress is { } address
        ? $"mac(link.permanent_addr) == \"{address}\""
        : "link.kind == \"\" && link.driver != \"\"";

    private static string Everywhere(string gateway) =>
        gateway.Contains(':', StringComparison.Ordinal) ? "::/0" : "0.0.0.0/0";
}
