using Orrery.Model.Platforms;
using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Kinds;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Resolving;

/// <summary>Makes the networks of a cluster.</summary>
internal static class NetworkResolver
{
    public static ClusterNetwork Resolve(Section spec)
    {
        var api = spec.Find(NetworkFields.ApiServer);
        var cilium = spec.Under(NetworkFields.Cni).Find(CniFields.Cilium);
        return new ClusterNetwork
        {
            Nodes = Cidrs(spec, NetworkFields.Nodes),
            Pods = Cidrs(spec, NetworkFields.Pods),
            Services = Cidrs(spec, NetworkFields.Services),
            Gateway = spec.TryGet(NetworkFields.Gateway, out var gateway) ? gateway.ToString() : null,
            Resolvers = (spec.Find(NetworkFields.Dns) ?? []).Select(address => address.ToString()).ToValueList(),
            ApiServer = api is null ? null : VirtualAddressOf(api),
            Cilium = cilium is null ? null : CiliumOf(cilium),
            LoadBalancer = LoadBalancerOf(spec.Under(NetworkFields.LoadBalancer)),
            EncryptsBetweenHosts = spec.Under(NetworkFields.Wireguard).Get(NetworkFields.BetweenHosts),
            ReservesInDnsmasq = spec.Under(NetworkFields.DhcpReservations).Has(NetworkFields.Dnsmasq),
        };
    }

    /// <summary>Null where the cluster says nothing of them.</summary>
    public static NetworkPolicies? PoliciesOf(Section cluster) =>
        cluster.Find(ClusterKind.NetworkPolicies) is not { } policies
            ? null
            : new NetworkPolicies(
                policies.Get(PolicyFields.Default) == "deny-ingress",
                (policies.Find(PolicyFields.Allow) ?? []).ToValueMap(rule => rule.Name, rule => RuleOf(rule.Value)));

    private static PolicyRule RuleOf(Section rule)
    {
        var from = rule.Under(PolicyFields.From);
        PolicyPeer? peer = from.Has(PolicyFields.External) ? new PolicyPeer.External()
            : from.Find(PolicyFields.Namespace) is { } space ? new PolicyPeer.Namespace(space)
            : null;
        return new PolicyRule(
            peer, rule.Under(PolicyFields.To).Find(PolicyFields.Namespace),
            rule.Find(PolicyFields.Ports) ?? []);
    }

    private static VirtualAddress VirtualAddressOf(Section spec) => new(
        spec.Get(NetworkFields.Vip).ToString(),
        spec.Get(NetworkFields.By) == "kube-vip" ? VirtualAddressOwner.KubeVip : VirtualAddressOwner.Talos);

    private static Cilium CiliumOf(Section spec) => new(
        spec.Get(CniFields.KubeProxyReplacement),
        spec.Get(CniFields.Hubble),
        spec.Get(CniFields.Handover) == "gitops");

    private static LoadBalancer? LoadBalancerOf(Section choice)
    {
        if (choice.Find(CniFields.Metallb) is { } metallb)
            return new LoadBalancer(LoadBalancerKind.MetalLb, PoolsOf(metallb));
        return choice.Find(CniFields.CiliumPools) is { } cilium
            ? new LoadBalancer(LoadBalancerKind.Cilium, PoolsOf(cilium))
            : null;
    }

    private static ValueMap<ValueList<string>> PoolsOf(Section spec) => spec.Get(CniFields.Pools).ToValueMap(
        pool => pool.Name, pool => pool.Value.Select(range => range.ToString()).ToValueList());

    private static ValueList<string> Cidrs(Section spec, Field<ValueList<AddressRange>> field) =>
        (spec.Find(field) ?? []).Select(network => network.ToCidr()).ToValueList();
}
