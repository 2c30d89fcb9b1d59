using Orrery.Model.Values;

namespace Orrery.Model.Platforms;

/// <summary>The networks of a cluster. What is empty or null is left to the distribution.</summary>
public sealed record ClusterNetwork
{
    public static ClusterNetwork Unsaid { get; } = new();

    /// <summary>CIDRs of the nodes' networks.</summary>
    public ValueList<string> Nodes { get; init; } = [];

    /// <summary>CIDRs.</summary>
    public ValueList<string> Pods { get; init; } = [];

    /// <summary>CIDRs.</summary>
    public ValueList<string> Services { get; init; } = [];

    public string? Gateway { get; init; }

    /// <summary>The resolvers that nodes ask.</summary>
    public ValueList<string> Resolvers { get; init; } = [];

    /// <summary>The address that moves between control planes.</summary>
    public VirtualAddress? ApiServer { get; init; }

    /// <summary>Null is the distribution's own CNI.</summary>
    public Cilium? Cilium { get; init; }

    /// <summary>Null gives no addresses to services of the type LoadBalancer.</summary>
    public LoadBalancer? LoadBalancer { get; init; }

    /// <summary>Traffic between hosts is encrypted in a mesh of WireGuard.</summary>
    public bool EncryptsBetweenHosts { get; init; }

    /// <summary>Reservations by MAC address are written for dnsmasq.</summary>
    public bool ReservesInDnsmasq { get; init; }

    /// <summary>The first address of a pool of the load balancer's; null where there is no such pool.</summary>
    public string? FirstOf(string pool) =>
        LoadBalancer?.Pools.TryGetValue(pool, out var ranges) == true
        && ranges is [var first, ..] && AddressRange.TryParse(first, out var range)
            ? $"{range.Each().First()}"
            : null;

    /// <summary>
    /// The nodes' network that an address is in, as an address and the length of its prefix, for example
    /// <c>10.2.1.1/16</c>; null where no declared network has it.
    /// </summary>
    public string? WithPrefix(string address)
    {
        if (!AddressRange.TryParseSingle(address, out var single))
            return null;
        foreach (var network in Nodes)
        {
            if (AddressRange.TryParseCidr(network, out var range) && range.Contains(single))
                return address + network[network.IndexOf('/', StringComparison.Ordinal)..];
        }

        return null;
    }
}

/// <summary>An address that one control plane at a time has.</summary>
public sealed record VirtualAddress(string Address, VirtualAddressOwner By);

/// <summary>What moves a virtual address.</summary>
public enum VirtualAddressOwner
{
    /// <summary>Talos itself, once etcd runs.</summary>
    Talos,

    /// <summary>A static pod of kube-vip.</summary>
    KubeVip,
}

/// <summary>Cilium as the pods' network.</summary>
/// <param name="ReplacesKubeProxy">It does kube-proxy's work too.</param>
/// <param name="Hubble">It shows the traffic.</param>
/// <param name="IsHandedOver">The GitOps engine owns it once the cluster is up.</param>
public sealed record Cilium(bool ReplacesKubeProxy, bool Hubble, bool IsHandedOver);

/// <summary>What announces the addresses of services.</summary>
/// <param name="By">MetalLB or Cilium.</param>
/// <param name="Pools">Addresses by name of the pool: each an IP, <c>IP-IP</c> or a CIDR.</param>
public sealed record LoadBalancer(LoadBalancerKind By, ValueMap<ValueList<string>> Pools);

/// <summary>What gives services of the type LoadBalancer their addresses.</summary>
public enum LoadBalancerKind
{
    MetalLb,

    Cilium,
}
