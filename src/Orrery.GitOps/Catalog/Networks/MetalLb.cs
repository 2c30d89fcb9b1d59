using Orrery.GitOps.Manifests;
using Orrery.GitOps.Ordering;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog.Networks;

/// <summary>MetalLB, which gives services addresses of the nodes' network and says by ARP where they are.</summary>
internal static class MetalLb
{
    private const string Name = "metallb";
    private const string Group = "metallb.io";
    private const string Space = "metallb-system";

    // https://github.com/metallb/metallb/tree/main/charts/metallb
    private static readonly Chart Chart = new("https://metallb.github.io/metallb", Name, "0.16.1");

    public static CatalogComponent? Of(Setting setting) =>
        setting.Cluster.Network.LoadBalancer is not { By: LoadBalancerKind.MetalLb } balancer
        || setting.Cluster.Distribution is not Distribution.Talos
            ? null
            : new CatalogComponent
            {
                Name = Name,
                Namespace = Space,
                By = DeliveredBy.Network,
                // Its speakers answer ARP in the network of their nodes.
                IsPrivileged = true,
                Chart = Chart,
                // Another protocol's daemons have nothing to do here.
                BaseValues = Value.MapOf(("speaker", Value.MapOf(("frr", Value.MapOf(("enabled", false)))))),
                Objects = Pools(balancer),
                Provides =
                [
                    new Capability(CapabilityKind.Crd, $"ipaddresspools.{Group}"),
                    new Capability(CapabilityKind.Crd, $"l2advertisements.{Group}"),
                    new Capability(CapabilityKind.Webhook, $"ipaddresspools.{Group}"),
                ],
            };

    private static ValueMap<Value.Map> Pools(LoadBalancer balancer)
    {
        var objects = ValueMap.Of(("advertisement.yaml", Manifest.Of(
            $"{Group}/v1beta1", "L2Advertisement", "all", Space,
            ("spec", Value.MapOf(("ipAddressPools", Manifest.Texts([.. balancer.Pools.Keys])))))));
        foreach (var (name, ranges) in balancer.Pools)
        {
            objects = objects.With($"pool-{name}.yaml", Manifest.Of(
                $"{Group}/v1beta1", "IPAddressPool", name, Space,
                ("spec", Value.MapOf(("addresses", Manifest.Texts([.. ranges.Select(Addresses)]))))));
        }

        return objects;
    }

    /// <summary>A range or a network: it takes no single address.</summary>
    private static string Addresses(string range) =>
        range.AsSpan().ContainsAny("-/") ? range
            : range.Contains(':', StringComparison.Ordinal) ? $"{range}/128" : $"{range}/32";
}
