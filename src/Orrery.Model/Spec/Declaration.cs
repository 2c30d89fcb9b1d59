using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Spec.Resolving;
using Orrery.Model.Spec.Yaml;

namespace Orrery.Model.Spec;

/// <summary>Reads a declaration: from the text of its files to the platform that is meant.</summary>
public static class Declaration
{
    /// <summary>
    /// Everything that is wrong is reported at once, in the order of the files and lines; the platform is there when
    /// nothing of it is an error.
    /// </summary>
    /// <param name="files">In the order in which they are shown.</param>
    /// <param name="profile">The profile chosen for all clusters that declare it, if any.</param>
    public static Diagnosed<Platform> Read(IReadOnlyList<SourceFile> files, string? profile)
    {
        var problems = new Problems();
        var nodes = new List<Node>();
        for (var index = 0; index < files.Count; index++)
            nodes.AddRange(YamlReader.Read(new SourceText(files[index], index), problems));

        var documents = DocumentReader.Read(nodes, problems);
        var declared = Inheritance.Apply(documents, profile, problems);
        Completeness.Check(declared, problems);
        Checks.AllChecks.Run(declared, problems);
        var platform = problems.HasErrors ? null : PlatformResolver.Resolve(declared);
        return new Diagnosed<Platform>(platform, problems.InOrder());
    }
}
