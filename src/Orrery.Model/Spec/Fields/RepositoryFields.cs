using Orrery.Model.Platforms;
using Orrery.Model.Spec.Schema;

namespace Orrery.Model.Spec.Fields;

/// <summary>The fields of <c>repository</c>.</summary>
internal static class RepositoryFields
{
    public static readonly Field<string> Url = new(
        "url", new TextShape<string>(Forms.RepositoryUrl), "The repository's URL, without credentials.")
    {
        Required = true,
        Example = "https://github.com/example/platform",
    };

    public static readonly Field<string> Branch = new("branch", Shapes.Text, "The branch that clusters follow.")
    {
        Default = "main",
    };

    public static readonly Field<string> Path = new(
        "path", Shapes.RelativePath, "The folder that the tree is written to.")
    {
        Default = ".",
        Example = "clusters",
    };

    public static readonly Field<SecretReference> Token = new(
        "token", Shapes.Secret, "Pushes the rendered tree; clusters read with a deploy key of their own.")
    {
        Example = "{ env: GITHUB_TOKEN }",
    };

    public static readonly Field<string> Push = new(
        "push", new EnumShape("direct", "pull-request"), "Whether the tree is pushed to the branch or proposed.")
    {
        Default = "direct",
    };

    public static readonly Field<TimeSpan> RotateAfter = new(
        "rotateAfter", Shapes.Duration, "How old a deploy key becomes.")
    {
        Example = "90d",
    };

    public static readonly Field<Section> DeployKey = new(
        "deployKey", new ObjectShape("DeployKey", "the deploy key", RotateAfter), "The key that clusters read with.");

    public static readonly ObjectShape Shape = new(
        "Repository", "the repository", Url, Branch, Path, Token, Push, DeployKey);
}
