using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Fields;

/// <summary>The choices <c>network.cni</c> and <c>network.loadBalancer</c>.</summary>
internal static class CniFields
{
    public static readonly Field<bool> KubeProxyReplacement = new(
        "kubeProxyReplacement", Shapes.Boolean, "Cilium takes over the work of kube-proxy.")
    {
        Default = "false",
    };

    public static readonly Field<bool> Hubble = new("hubble", Shapes.Boolean, "Shows the traffic.")
    {
        Default = "false",
    };

    public static readonly Field<string> Handover = new(
        "handover", new EnumShape("infrastructure", "gitops"), "Who owns it once the cluster is up.")
    {
        Default = "infrastructure",
    };

    public static readonly Field<Section> Cilium = new(
        "cilium", new ObjectShape("Cilium", "Cilium", KubeProxyReplacement, Hubble, Handover), "Cilium.");

    public static readonly Field<Section> Flannel = new("flannel", Shapes.Nothing, "Flannel.");

    public static readonly ObjectShape Cni = new ChoiceShape("Cni", "a CNI", Cilium, Flannel);

    public static readonly Field<ValueList<Named<ValueList<AddressRange>>>> Pools = new(
        "pools", Shapes.ByName(Shapes.Addresses), "Addresses for services, by name of the pool.")
    {
        Required = true,
    };

    private static readonly ObjectShape PoolsShape = new("LoadBalancerPools", "the address pools", Pools);

    public static readonly Field<Section> Metallb = new("metallb", PoolsShape, "MetalLB.");

    public static readonly Field<Section> CiliumPools = new("cilium", PoolsShape, "Cilium's own announcements.");

    public static readonly ObjectShape LoadBalancer = new ChoiceShape(
        "LoadBalancer", "a load balancer", Metallb, CiliumPools);
}
