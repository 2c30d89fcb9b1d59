using System.Text.RegularExpressions;
using Orrery.GitOps.Catalog.Networks;
using Orrery.GitOps.Ordering;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog.Charts;

/// <summary>Components that look after nodes and what reaches them.</summary>
internal static class NodeCharts
{
    private static readonly Chart Approver = new(
        "https://postfinance.github.io/kubelet-csr-approver", "kubelet-csr-approver", "1.2.14");

    // The project ended in March 2026; this is its last release.
    private static readonly Chart Nginx = new("https://kubernetes.github.io/ingress-nginx", "ingress-nginx", "4.15.1");

    private static readonly Chart Spegel = new("oci://ghcr.io/spegel-org/helm-charts", "spegel", "0.7.4");

    /// <summary>
    /// Approves the serving certificates of kubelets from the hand-off on; before that we do, by the same rules.
    /// </summary>
    public static CatalogComponent? OfApprover(Setting setting)
    {
        if (setting.Component("kubelet-csr-approver") is not { } component)
            return null;
        var nodes = setting.Cluster.NodePools.Values.SelectMany(pool => pool.NodeNames()).Select(Regex.Escape);
        var networks = setting.Cluster.Network.Nodes;
        return component.AsChart("kube-system", Approver, Value.MapOf(
        [
            // Nodes are in no DNS that it could ask.
            ("bypassDnsResolution", true),
            .. networks.Count == 0 ? [] : ((string, Value)[])[("providerIpPrefixes", Texts(networks))],
            ("providerRegex", $"^({string.Join('|', nodes)})$"),
        ])) with
        {
            Requires = [new Capability(CapabilityKind.Namespace, "kube-system", "its requests are the cluster's own")],
        };
    }

    public static CatalogComponent? OfNginx(Setting setting) => setting.Component("ingress-nginx") is not { } component
        ? null
        : component.AsChart("ingress-nginx", Nginx, AddressOf(setting.Cluster)) with
        {
            BaseValues = Value.MapOf(("controller", Value.MapOf(
                // Hooks of Helm make the certificate of its webhook, and engines run none of them as Helm does.
                ("admissionWebhooks", Value.MapOf(("enabled", false))),
                ("ingressClassResource", Value.MapOf(("default", true)))))),
            Provides = [new Capability(CapabilityKind.IngressClass, "nginx")],
        };

    /// <summary>Nodes give each other the images that they have: https://spegel.dev/docs/.</summary>
    public static CatalogComponent? OfSpegel(Setting setting) => setting.Component("spegel") is not { } component
        ? null
        : component.AsChart("spegel", Spegel, setting.Cluster.Distribution is Distribution.Talos
            // https://spegel.dev/docs/getting-started/#talos
            ? Value.MapOf(("spegel", Value.MapOf(("containerdRegistryConfigPath", "/etc/cri/conf.d/hosts"))))
            : null) with
        {
            // It speaks with the node's own containerd.
            IsPrivileged = true,
        };

    /// <summary>What is in front of the cluster looks for it there.</summary>
    private static Value.Map AddressOf(Cluster cluster) =>
        PoolAddresses.Of(cluster, ClusterEdge.IngressPool) is not { } address
            ? Value.Map.Empty
            : Value.MapOf(("controller", Value.MapOf(("service", Value.MapOf(
                ("annotations", Value.MapOf((address.Annotation, address.Ip))))))));

    private static Value.List Texts(IEnumerable<string> texts) => Value.ListOf(texts.Select(text => (Value)text));
}
