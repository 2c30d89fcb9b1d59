using Orrery.GitOps.Delivery;
using Orrery.GitOps.Manifests;
using Orrery.GitOps.Ordering;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog;

/// <summary>
/// What Image Updater follows, and where it writes: every Application that names its images in annotations. The
/// strategy is always said, because the updater takes what it does not know for <c>semver</c> without a
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
        var application = Value.MapOf(
            ("commonUpdateSettings", updates), ("namePattern", "*"), ("useAnnotations", true));
        var repository = setting.Platform.Repository;
        var resource = Manifest.Of(
            "argocd-image-updater.argoproj.io/v1alpha1",
            "ImageUpdater",
            setting.Cluster.Name,
            ArgoCd.Namespace,
            ("spec", Value.MapOf(
                ("applicationRefs", Value.ListOf([application])),
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
