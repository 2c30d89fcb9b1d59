using Orrery.Tests.Tidy;

namespace Orrery.Tests.Programs;

/// <summary>
/// A fact that needs the package age-encryption of npm, which CI puts into artifacts/npm:
/// <c>npm ci --prefix</c> with the lock file in the folder typage beside this file. CI skips none.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NpmFactAttribute : FactAttribute
{
    public NpmFactAttribute()
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", "age-encryption"))
            && Environment.GetEnvironmentVariable("CI") != "true")
            Skip = $"the package age-encryption is not installed in {Folder}";
    }

    public static string Folder => Path.Combine(SourceTree.Root, "artifacts", "npm", "typage");
}
