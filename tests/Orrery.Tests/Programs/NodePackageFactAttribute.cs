using Orrery.Tests.Tidy;

namespace Orrery.Tests.Programs;

/// <summary>
/// A fact that needs a package of npm, which CI puts into <see cref="Root"/> from the lock file in the folder npm next
/// to this file. CI skips none.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NodePackageFactAttribute : FactAttribute
{
    public NodePackageFactAttribute(string package)
    {
        Package = package;
        if (!Directory.Exists(FolderOf(package)) && Environment.GetEnvironmentVariable("CI") != "true")
            Skip = $"the package {package} is not installed in {Root}";
    }

    public static string Root => Path.Combine(SourceTree.Root, "artifacts", "npm");

    public string Package { get; }

    public static string FolderOf(string package) => Path.Combine(Root, "node_modules", package);
}
