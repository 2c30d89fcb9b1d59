using Orrery.GitOps.Catalog;
using Orrery.GitOps.Manifests;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Delivery;

/// <summary>
/// The public objects of the hand-off, applied through the API in this order: the namespaces; then the secrets
/// (<see cref="BootstrapSecrets"/>); then the engine; then, once the kinds exist that it brings, the root. From there
/// on the engine delivers.
/// </summary>
public sealed record Bootstrap
{
    /// <summary>
    /// The kinds of all that is applied, as <c>Kind</c> or <c>Kind.group</c>. It only grows: what an older version has
    /// applied must still be found.
    /// </summary>
    public static ValueList<string> Kinds { get; } =
    [
        "Namespace", "Secret", "HelmChart.helm.cattle.io", "AppProject.argoproj.io", "Application.argoproj.io",
        "ServiceAccount", "GitRepository.source.toolkit.fluxcd.io", "Kustomization.kustomize.toolkit.fluxcd.io",
        "ClusterRoleBinding.rbac.authorization.k8s.io", "ConfigMap", "Job.batch", "CiliumLoadBalancerIPPool.cilium.io",
        "CiliumL2AnnouncementPolicy.cilium.io", "IPAddressPool.metallb.io", "L2Advertisement.metallb.io",
    ];

    /// <summary>Those that a secret needs before the engine makes them.</summary>
    public required ValueList<Value.Map> Namespaces { get; init; }

    /// <summary>Whom we are to what runs in the cluster, beside its administrator: our account at the Vault.</summary>
    public required ValueList<Value.Map> Accounts { get; init; }

    /// <summary>What installs the engine's chart, in the order in which it is applied.</summary>
    public required ValueList<Value.Map> Engine { get; init; }

    /// <summary>What the root needs (a project, a source), then the root.</summary>
    public required ValueList<Value.Map> Root { get; init; }

    /// <summary>What components read, each with the namespace that it belongs into.</summary>
    public required ValueList<(string Namespace, ComponentSecret Secret)> Secrets { get; init; }

    /// <summary>
    /// Every Application, or Kustomization and HelmRelease, that must become ready, the root among them, as
    /// <see cref="DeliveryState"/> names it, in ordinal order.
    /// </summary>
    public required ValueList<string> Delivered { get; init; }

    /// <summary>Null where the cluster has no GitOps engine.</summary>
    public static Bootstrap? Of(Platform platform, Cluster cluster)
    {
        if (cluster.Distribution is null || Deliveries.Of(platform, cluster) is not { } delivery)
            return null;
        var components = Components.Of(platform, cluster);
        var charts = components.Where(component => component.By == DeliveredBy.Bootstrap).ToList();
        var delivered = components.Where(component => component.IsInTree).ToList();
        // People's own namespaces are theirs: the engine makes what is missing, and nobody deletes it.
        var spaces = charts.Concat(delivered.Where(component => component.By == DeliveredBy.GitOps))
            .Where(component => component.Files.Count == 0 && component.Namespace != "kube-system")
            .GroupBy(component => component.Namespace).OrderBy(space => space.Key, StringComparer.Ordinal);
        return new Bootstrap
        {
            Namespaces = spaces.Select(space => Namespace(cluster, [.. space])).ToValueList(),
            Accounts = VaultAccess.Has(cluster)
                ? [Manifest.Of("v1", "ServiceAccount", VaultAccess.Orrery, VaultAccess.Server)]
                : [],
            Engine = charts.SelectMany(chart => ChartInstaller.Of(cluster.Distribution, chart)).ToValueList(),
            Secrets = delivered.SelectMany(component =>
                component.Secrets.Select(secret => (component.Namespace, secret))).ToValueList(),
            Root = delivery.Root(components),
            Delivered = delivery.Expected(delivered).Order(StringComparer.Ordinal).ToValueList(),
        };
    }

    /// <summary>The namespace of components. Talos holds namespaces to baseline whose labels do not say more.</summary>
    internal static Value.Map Namespace(Cluster cluster, IReadOnlyList<CatalogComponent> components)
    {
        var made = Manifest.Of("v1", "Namespace", components[0].Namespace, null);
        return cluster.Distribution is Distribution.Talos && components.Any(component => component.IsPrivileged)
            ? made.Labelled("pod-security.kubernetes.io/enforce", "privileged")
            : made;
    }
}
