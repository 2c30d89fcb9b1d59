using Orrery.GitOps.Manifests;
using Orrery.GitOps.Ordering;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog.Networks;

/// <summary>
/// Cilium, the pods' network: without it no node of the cluster becomes ready, and so it comes before the GitOps
/// engine. Where the declaration hands it over, that one finds the same release and goes on with it.
/// </summary>
internal static class CiliumCni
{
    private const string Group = "cilium.io";

    // https://github.com/cilium/charts
    private static readonly Chart Chart = new("https://helm.cilium.io", "cilium", "1.19.6");

    // What the machines' operating system allows: https://docs.siderolabs.com/kubernetes-guides/cni/deploying-cilium.
    // Modules of the kernel are loaded by Talos alone, and cgroups are mounted already.
    private static readonly string[] AgentCapabilities =
    [
        "CHOWN", "DAC_OVERRIDE", "FOWNER", "IPC_LOCK", "KILL", "NET_ADMIN", "NET_RAW", "SETGID", "SETUID", "SYS_ADMIN",
        "SYS_RESOURCE",
    ];

    private static readonly string[] CleanerCapabilities = ["NET_ADMIN", "SYS_ADMIN", "SYS_RESOURCE"];

    public static CatalogComponent? Of(Setting setting)
    {
        var network = setting.Cluster.Network;
        if (network.Cilium is not { } cilium || setting.Cluster.Distribution is not Distribution.Talos)
            return null;
        return new CatalogComponent
        {
            Name = "cilium",
            Namespace = "kube-system",
            By = DeliveredBy.Network,
            IsHandedOver = cilium.IsHandedOver,
            Chart = Chart,
            BaseValues = Value.MapOf(
                ("cgroup", Value.MapOf(("autoMount", Value.MapOf(("enabled", false))), ("hostRoot", "/sys/fs/cgroup"))),
                ("ipam", Value.MapOf(("mode", "kubernetes"))),
                ("securityContext", Value.MapOf(("capabilities", Value.MapOf(
                    ("ciliumAgent", Manifest.Texts(AgentCapabilities)),
                    ("cleanCiliumState", Manifest.Texts(CleanerCapabilities))))))),
            ClusterValues = Values(setting.Cluster, cilium),
            Objects = network.LoadBalancer is { By: LoadBalancerKind.Cilium } balancer
                ? Pools(balancer)
                : ValueMap<Value.Map>.Empty,
            Provides =
            [
                new Capability(CapabilityKind.Crd, $"ciliumloadbalancerippools.{Group}"),
                new Capability(CapabilityKind.Crd, $"ciliuml2announcementpolicies.{Group}"),
            ],
        };
    }

    private static Value.Map Values(Cluster cluster, Cilium cilium)
    {
        var nodes = cluster.NodePools.Values.Sum(pool => pool.NodeNames().Count());
        List<(string Key, Value Value)> values =
        [
            ("hubble", cilium.Hubble
                ? Value.MapOf(("relay", Value.MapOf(("enabled", true))), ("ui", Value.MapOf(("enabled", true))))
                : Value.MapOf(("enabled", false))),
            ("kubeProxyReplacement", cilium.ReplacesKubeProxy),
            // Two of them have no place on one node: the second would be pending for ever.
            ("operator", Value.MapOf(("replicas", nodes > 1 ? 2 : 1))),
        ];
        if (cilium.ReplacesKubeProxy)
        {
            // It cannot find the API server by the Service whose packets it does not move yet.
            values.Add(("k8sServiceHost", KubePrism.Host));
            values.Add(("k8sServicePort", KubePrism.Port));
        }

        // Without it no policy's network means a node, and API servers reach no webhook.
        if (cluster.NetworkPolicies is { DeniesIngress: true })
            values.Add(("policyCIDRMatchMode", Manifest.Texts("nodes")));
        if (cluster.Network.LoadBalancer is { By: LoadBalancerKind.Cilium })
            values.Add(("l2announcements", Value.MapOf(("enabled", true))));

        return Value.MapOf([.. values]);
    }

    private static ValueMap<Value.Map> Pools(LoadBalancer balancer)
    {
        var objects = ValueMap.Of(("announcements.yaml", Manifest.Of(
            $"{Group}/v2alpha1", "CiliumL2AnnouncementPolicy", "all", null,
            ("spec", Value.MapOf(("externalIPs", true), ("loadBalancerIPs", true))))));
        foreach (var (name, ranges) in balancer.Pools)
        {
            objects = objects.With($"pool-{name}.yaml", Manifest.Of(
                $"{Group}/v2", "CiliumLoadBalancerIPPool", name, null,
                ("spec", Value.MapOf(("blocks", Value.ListOf(ranges.Select(Block)))))));
        }

        return objects;
    }

    private static Value Block(string range) => range.Split('-') switch
    {
        [var first, var last] => Value.MapOf(("start", first), ("stop", last)),
        _ when range.Contains('/', StringComparison.Ordinal) => Value.MapOf(("cidr", range)),
        _ => Value.MapOf(("start", range), ("stop", range)),
    };
}
