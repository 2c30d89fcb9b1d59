using Orrery.GitOps.Delivery;
using Orrery.GitOps.Manifests;
using Orrery.GitOps.Ordering;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog;

/// <summary>
/// What Image Updater follows, and where it writes. The declared images get the declared settings; an Application that
/// no declared image belongs to may say all of it in annotations of its own, beside which the resource counts for
/// nothing. The strategy is always said, because the updater takes what it does not know for <c>semver</c> without a
/// word.
/// </summary>
internal static class ImageUpdates
{
    public static CatalogComponent? Of(Setting setting)
    {
        if (setting.ArgoCd?.ImageUpdater is not { } updater)
            return null;
        var updates = Value.MapOf(("updateStrategy", Word(updater.Update)));
        if (updater.AllowTags is not null)
            updates = updates.With("allowTags", "regexp:" + updater.AllowTags);
        // The most exact pattern counts, wherever it stands.
        var others = Value.MapOf(("namePattern", "*"), ("useAnnotations", true));
        var declared = updater.Images.Values.GroupBy(image => image.Application, StringComparer.Ordinal)
            .Select(application => (Value)Value.MapOf(
                ("images", Value.ListOf(application.Select(image => (Value)Value.MapOf(
                    ("alias", image.Name), ("imageName", image.Image))))),
                ("namePattern", application.Key)));
        var repository = setting.Platform.Repository;
        var resource = Manifest.Of(
            "argocd-image-updater.argoproj.io/v1alpha1",
            "ImageUpdater",
            setting.Cluster.Name,
            ArgoCd.Namespace,
            ("spec", Value.MapOf(
                ("applicationRefs", Value.ListOf([.. declared, others])),
                ("commonUpdateSettings", updates),
                ("writeBackConfig", Value.MapOf(
                    ("gitConfig", Value.MapOf(("branch", repository.Branch), ("repository", repository.Url))),
                    // Its own token: the deploy key that Argo CD reads with may not push.
                    ("method", $"git:secret:{ArgoCd.Namespace}/{BootstrapSecrets.WriteBackName}"))))));
        return new CatalogComponent
        {
            Name = "image-updates",
            Namespace = ArgoCd.Namespace,
            By = DeliveredBy.GitOps,
            Objects = ValueMap.Of(("image-updater.yaml", resource)),
            Requires =
            [
                new Capability(CapabilityKind.Crd, ArgoCdImageUpdater.Resource, "its object is refused without it"),
            ],
        };
    }

    /// <summary>https://argocd-image-updater.readthedocs.io/en/stable/basics/update-strategies.</summary>
    private static string Word(UpdateStrategy strategy) => strategy switch
    {
        UpdateStrategy.NewestBuild => "newest-build",
        UpdateStrategy.Alphabetical => "alphabetical",
        UpdateStrategy.Digest => "digest",
        _ => "semver",
    };
}
