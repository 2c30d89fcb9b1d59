using System.Globalization;
using Orrery.GitOps.Manifests;
using Orrery.GitOps.Ordering;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog;

/// <summary>
/// Argo CD Image Updater, which follows new tags of images. Version 1 is told by resources what to follow.
/// </summary>
internal static class ArgoCdImageUpdater
{
    public const string Resource = "imageupdaters.argocd-image-updater.argoproj.io";

    private static readonly Chart Chart =
        new("https://argoproj.github.io/argo-helm", "argocd-image-updater", "1.2.4");

    public static CatalogComponent? Of(Setting setting)
    {
        if (setting.ArgoCd?.ImageUpdater is not { } updater)
            return null;
        var seconds = ((long)updater.Interval.TotalSeconds).ToString(CultureInfo.InvariantCulture) + "s";
        return new CatalogComponent
        {
            Name = "argocd-image-updater",
            // Beside the Applications that it follows: its resources name those of their own namespace.
            Namespace = ArgoCd.Namespace,
            By = DeliveredBy.GitOps,
            Chart = Chart,
            BaseValues = Value.MapOf(("fullnameOverride", "argocd-image-updater")),
            ClusterValues = Value.MapOf(
                ("config", Value.MapOf(("registries", Value.ListOf([Registry(updater.Registry)])))),
                ("extraArgs", Manifest.Texts("--interval", seconds))),
            Provides = [new Capability(CapabilityKind.Crd, Resource)],
            Requires = [new Capability(CapabilityKind.Crd, "applications.argoproj.io", "it reads Applications")],
        };
    }

    private static Value Registry(string host) => Value.MapOf(
        ("api_url", $"https://{host}"),
        ("credentials", $"pullsecret:{ArgoCd.Namespace}/{Delivery.BootstrapSecrets.ImagePullName}"),
        ("name", host),
        ("ping", true),
        ("prefix", host));
}
