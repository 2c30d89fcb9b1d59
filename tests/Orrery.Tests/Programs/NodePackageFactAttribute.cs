using Orrery.Tests.Contracts;

namespace Orrery.Tests.Programs;

/// <summary>A fact that needs a package of npm, installed below <c>artifacts/npm</c>. CI installs it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NodePackageFactAttribute : FactAttribute
{
    public NodePackageFactAttribute(string package)
    {
        Package = package;
        if (!Directory.Exists(FolderOf(package)) && Environment.GetEnvironmentVariable("CI") != "true")
            Skip = $"the package is not installed: npm install --prefix artifacts/npm {package}";
    }

    public string Package { get; }

    public static string FolderOf(string package) =>
        Path.Combine(ContractFolder.RepositoryRoot, "artifacts", "npm", "node_modules", package);
}
