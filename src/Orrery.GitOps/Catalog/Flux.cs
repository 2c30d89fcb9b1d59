using Orrery.GitOps.Delivery;
using Orrery.GitOps.Manifests;
using Orrery.GitOps.Ordering;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog;

/// <summary>Flux, which delivers all that is not there before it.</summary>
internal static class Flux
{
    // https://github.com/fluxcd-community/helm-charts/tree/main/charts/flux2
    private static readonly Chart Chart = new("https://fluxcd-community.github.io/helm-charts", "flux2", "2.18.3");

    private static readonly string[] Resources =
        ["gitrepositories.source", "helmreleases.helm", "helmrepositories.source", "kustomizations.kustomize"];

    public static CatalogComponent? Of(Setting setting) => setting.Cluster.GitOps is not GitOpsEngine.Flux
        ? null
        : new CatalogComponent
        {
            Name = "flux2",
            Namespace = Kustomizations.Namespace,
            By = DeliveredBy.Bootstrap,
            Chart = Chart,
            BaseValues = Value.MapOf(
                ("helmController", Hurried),
                // Nothing here follows images.
                ("imageAutomationController", Off),
                ("imageReflectionController", Off),
                ("kustomizeController", Hurried)),
            Provides =
            [
                new Capability(CapabilityKind.Namespace, Kustomizations.Namespace),
                .. Resources.Select(
                    resource => new Capability(CapabilityKind.Crd, resource + ".toolkit.fluxcd.io")),
            ],
        };

    /// <summary>
    /// What waits for another is looked at again every 5 seconds, not every 30, and one that is waited for holds up
    /// fewer: https://fluxcd.io/flux/installation/configuration/vertical-scaling/.
    /// </summary>
    private static Value.Map Hurried => Value.MapOf(("container", Value.MapOf(
        ("additionalArgs", Manifest.Texts("--concurrent=10", "--requeue-dependency=5s")))));

    private static Value.Map Off => Value.MapOf(("create", false));
}
