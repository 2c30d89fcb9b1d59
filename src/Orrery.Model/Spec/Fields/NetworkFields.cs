using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Fields;

/// <summary>The fields of <c>network</c>.</summary>
internal static class NetworkFields
{
    public static readonly Field<ValueList<AddressRange>> Nodes = new(
        "nodes", Shapes.Cidrs, "The networks of the nodes.")
    {
        Example = "[192.168.1.0/24]",
    };

    public static readonly Field<ValueList<AddressRange>> Pods = new(
        "pods", Shapes.Cidrs, "The networks of the pods, where the distribution's own do not fit.")
    {
        Example = "[10.42.0.0/16]",
    };

    public static readonly Field<ValueList<AddressRange>> Services = new(
        "services", Shapes.Cidrs, "The networks of the services, where the distribution's own do not fit.")
    {
        Example = "[10.43.0.0/16]",
    };

    public static readonly Field<AddressRange> Gateway = new("gateway", Shapes.Ip, "The router of the nodes' network.");

    public static readonly Field<ValueList<AddressRange>> Dns = new("dns", Shapes.Ips, "The resolvers that nodes ask.");

    public static readonly Field<ValueList<AddressRange>> Addresses = new(
        "addresses", Shapes.Addresses, "Addresses for nodes of pools that name none.")
    {
        Example = "[192.168.1.81-192.168.1.89]",
    };

    public static readonly Field<ValueList<AddressRange>> Dhcp = new(
        "dhcp", Shapes.Addresses, "Addresses that a DHCP server hands out: nothing else may use them.")
    {
        Example = "[192.168.1.200-192.168.1.250]",
    };

    public static readonly Field<Section> Dnsmasq = new("dnsmasq", Shapes.Nothing, "Written for dnsmasq.");

    public static readonly Field<Section> DhcpReservations = new(
        "dhcpReservations",
        new ChoiceShape("DhcpReservations", "a DHCP server", Dnsmasq),
        "Reservations by MAC address, for nodes that send no host name.");

    public static readonly Field<AddressRange> Vip = new(
        "vip", Shapes.Ip, "The address that moves between control planes.")
    {
        Required = true,
    };

    public static readonly Field<string> By = new(
        "by", new EnumShape("talos", "kube-vip"), "What moves it.")
    {
        Required = true,
    };

    public static readonly Field<Section> ApiServer = new(
        "apiServer",
        new ObjectShape("ApiServer", "the API server's address", Vip, By),
        "How the API server is reached.");

    public static readonly Field<bool> BetweenHosts = new(
        "betweenHosts", Shapes.Boolean, "Encrypts traffic between hosts.")
    {
        Default = "false",
    };

    public static readonly Field<Section> Wireguard = new(
        "wireguard", new ObjectShape("Wireguard", "the WireGuard mesh", BetweenHosts), "A mesh between nodes.");

    public static readonly Field<Section> Cni = new(
        "cni", CniFields.Cni, "The pods' network; the distribution's own by default.");

    public static readonly Field<Section> LoadBalancer = new(
        "loadBalancer", CniFields.LoadBalancer, "What gives services of type LoadBalancer their addresses.");

    public static readonly ObjectShape Shape = new(
        "Network",
        "the network",
        Nodes,
        Pods,
        Services,
        Gateway,
        Dns,
        Addresses,
        Dhcp,
        DhcpReservations,
        ApiServer,
        Wireguard,
        Cni,
        LoadBalancer);
}
