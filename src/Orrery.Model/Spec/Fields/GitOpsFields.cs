using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Fields;

/// <summary>The choice <c>gitops</c>.</summary>
internal static class GitOpsFields
{
    public static readonly Field<string> Registry = new("registry", Shapes.Text, "The registry that is watched.")
    {
        Required = true,
        Example = "ghcr.io",
    };

    public static readonly Field<string> AllowTags = new(
        "allowTags", Shapes.Text, "A regular expression for the tags that count.")
    {
        Example = "\"^[0-9]+$\"",
    };

    // The strategies that Image Updater knows; it takes any other word for semver without saying so.
    public static readonly Field<string> Update = new(
        "update",
        new EnumShape("semver", "newest-build", "alphabetical", "digest"),
        "Which of the allowed tags is the newest.")
    {
        Default = "semver",
    };

    public static readonly Field<TimeSpan> Interval = new("interval", Shapes.Duration, "How often it looks.")
    {
        Default = "2m",
    };

    public static readonly Field<string> WriteBack = new(
        "writeBack",
        new EnumShape("git", "argocd") { NotYet = (["argocd"], Unbuilt.OtherGitOps) },
        "Where the new tag is written.")
    {
        Default = "git",
    };

    public static readonly Field<string> Image = new("image", Shapes.Text, "The image, without a tag.")
    {
        Required = true,
        Example = "ghcr.io/example/web",
    };

    public static readonly Field<string> Application = new(
        "application", Shapes.Name, "The Argo CD Application that runs it; by default one of the same name.")
    {
        Example = "shop",
    };

    public static readonly Field<ValueList<Named<Section>>> Images = new(
        "images",
        Shapes.ByName(new ObjectShape("FollowedImage", "an image", Image, Application)),
        "Images that are followed with these settings. An Application without any of them says in annotations of its "
        + "own what to follow and how: these settings do not count for it.");

    public static readonly Field<Section> ImageUpdater = new(
        "imageUpdater",
        new ObjectShape("ImageUpdater", "the image updater", Registry, AllowTags, Update, Interval, WriteBack, Images),
        "Follows new image tags.");

    public static readonly Field<string> Apps = new(
        "apps", Shapes.RelativePath, "The folder of Application definitions.")
    {
        Default = "argocd/apps",
    };

    public static readonly Field<string> Host = new(
        "host", Shapes.Domain, "Publishes its page there, by TLS alone; needs the component traefik.")
    {
        Example = "argocd.example.org",
    };

    public static readonly Field<string> Bootstrap = new(
        "bootstrap", Shapes.RelativePath, "The folder of the first Applications.")
    {
        NotYet = Unbuilt.OtherGitOps,
    };

    public static readonly Field<ValueList<Named<Section>>> Projects = new(
        "projects",
        Shapes.ByName(new ObjectShape("ArgoProject", "a project")),
        "AppProjects for Applications of yours, by name.");

    public static readonly Field<Section> ArgoCd = new(
        "argocd", new ObjectShape("ArgoCd", "Argo CD", Apps, Bootstrap, Host, Projects, ImageUpdater), "Argo CD.");

    public static readonly Field<Section> Flux = new(
        "flux", Shapes.Nothing, "Flux, which follows the folder `clusters/<cluster>`.");

    public static readonly ObjectShape Shape = new ChoiceShape("GitOps", "a GitOps engine", ArgoCd, Flux);
}
