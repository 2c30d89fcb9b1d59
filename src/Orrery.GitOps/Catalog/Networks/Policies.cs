using Orrery.GitOps.Manifests;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog.Networks;

/// <summary>
/// NetworkPolicies for the namespaces of the cluster's components. People's own namespaces are theirs, and kube-system
/// is Kubernetes' own. https://kubernetes.io/docs/concepts/services-networking/network-policies/
/// </summary>
internal static class Policies
{
    private const string Name = "network-policies";
    private const string Space = "kube-system";
    private const string Nodes = "nodes";
    private const string NameLabel = "kubernetes.io/metadata.name";

    private static readonly string[] Ingresses = ["ingress-nginx", "traefik"];
    private static readonly string[] Monitors = ["kube-prometheus-stack", "victoria-metrics"];

    /// <summary>Null where everything is allowed.</summary>
    /// <param name="components">All of the cluster's.</param>
    public static CatalogComponent? Of(Setting setting, IReadOnlyList<CatalogComponent> components)
    {
        if (setting.Cluster is not { NetworkPolicies: { DeniesIngress: true } policies, GitOps: not null })
            return null;
        var spaces = components.Select(component => component.Namespace).Where(space => space != Space).Distinct()
            .Order(StringComparer.Ordinal).ToList();
        var objects = new Dictionary<string, Value.Map>(StringComparer.Ordinal);
        foreach (var space in spaces)
        {
            Add(objects, Policy(space, "deny-ingress", []));
            // Kubelets probe, and API servers call webhooks, from the nodes' own addresses.
            if (setting.Cluster.Network.Nodes.Count > 0)
                Add(objects, Policy(space, Nodes, [Rule(setting.Cluster.Network.Nodes.Select(Block), [])]));
            foreach (var (name, rule) in policies.Rules.Where(rule => (rule.Value.To ?? space) == space))
            {
                if (Peers(name, rule, space, components) is { Count: > 0 } peers)
                    Add(objects, Policy(space, name, [Rule(peers, rule.Ports)]));
            }
        }

        // Whoever reaches the ingress controller has come from outside.
        foreach (var ingress in components.Where(component => Ingresses.Contains(component.Name)
            && component.Namespace != Space))
            Add(objects, Policy(ingress.Namespace, "visitors", [Rule(Everywhere, [80, 443, 8000, 8443])]));
        return new CatalogComponent
        {
            Name = Name,
            Namespace = Space,
            By = DeliveredBy.GitOps,
            Objects = ValueMap.From(objects),
        };
    }

    private static IEnumerable<Value> Everywhere => [Block("0.0.0.0/0"), Block("::/0")];

    private static IReadOnlyList<Value> Peers(
        string name, PolicyRule rule, string space, IReadOnlyList<CatalogComponent> components) => rule.From switch
        {
            PolicyPeer.External => [.. Everywhere],
            PolicyPeer.Namespace of => [InNamespace(of.Name)],
            _ => name switch
            {
                PolicyRule.IntraNamespace => [InNamespace(space)],
                PolicyRule.FromIngress => [.. NamespacesOf(components, Ingresses)],
                PolicyRule.MetricsScraping => [.. NamespacesOf(components, Monitors)],
                _ => [],
            },
        };

    private static IEnumerable<Value> NamespacesOf(IEnumerable<CatalogComponent> components, string[] names) =>
        components.Where(component => names.Contains(component.Name)).Select(component => component.Namespace)
            .Distinct().Order(StringComparer.Ordinal).Select(InNamespace);

    private static Value InNamespace(string space) => Value.MapOf(
        ("namespaceSelector", Value.MapOf(("matchLabels", Value.MapOf((NameLabel, space))))));

    private static Value Block(string network) => Value.MapOf(("ipBlock", Value.MapOf(("cidr", network))));

    private static Value Rule(IEnumerable<Value> peers, IEnumerable<int> ports)
    {
        var rule = Value.MapOf(("from", Value.ListOf(peers)));
        Value[] listed = [.. ports.Select(port => Value.MapOf(("port", port), ("protocol", "TCP")))];
        return listed.Length == 0 ? rule : rule.With("ports", Value.ListOf(listed));
    }

    private static Value.Map Policy(string space, string name, Value[] ingress)
    {
        var spec = Value.MapOf(("podSelector", Value.Map.Empty), ("policyTypes", Manifest.Texts("Ingress")));
        return Manifest.Of(
            "networking.k8s.io/v1", "NetworkPolicy", name, space,
            ("spec", ingress.Length == 0 ? spec : spec.With("ingress", Value.ListOf(ingress))));
    }

    private static void Add(Dictionary<string, Value.Map> objects, Value.Map policy)
    {
        var metadata = (Value.Map)policy["metadata"];
        objects[$"{metadata["namespace"].AsText()}-{metadata["name"].AsText()}.yaml"] = policy;
    }
}
