using System.Xml.Linq;

namespace Orrery.Tests.Tidy;

/// <summary>The projects under src: which there are, and which others and packages each may refer to.</summary>
internal static class Projects
{
    private static readonly string[] Everything =
    [
        "Orrery.Engine", "Orrery.GitOps", "Orrery.Model", "Orrery.Providers", "Orrery.Rehearsal", "Orrery.Secrets",
        "Orrery.Simulation",
    ];

    /// <summary>The analyzers that every project has, and what the SDK adds by itself.</summary>
    private static readonly string[] OfEveryProject =
        ["Meziantou.Analyzer", "Microsoft.CodeAnalysis.BannedApiAnalyzers", "Microsoft.NET.ILLink.Tasks"];

    private static readonly Dictionary<string, (string[] Projects, string[] Packages)> Allowed = new()
    {
        ["Orrery.Model"] = ([], ["YamlDotNet"]),
        ["Orrery.Secrets"] = ([], ["YamlDotNet"]),
        ["Orrery.GitOps"] = (["Orrery.Model", "Orrery.Secrets"], []),
        ["Orrery.Engine"] = (["Orrery.Model", "Orrery.Secrets", "Orrery.GitOps"], []),
        ["Orrery.Providers"] = (
            ["Orrery.Model", "Orrery.Secrets", "Orrery.GitOps", "Orrery.Engine"],
            ["Google.Protobuf", "Grpc.Tools", "Polly.Core", "YamlDotNet"]),
        ["Orrery.Simulation"] = (["Orrery.Model", "Orrery.Engine"], ["YamlDotNet"]),
        ["Orrery.Rehearsal"] = ([.. Everything.Except(["Orrery.Rehearsal"])], []),
        ["Orrery.Cli"] = (Everything, ["Spectre.Console", "System.CommandLine"]),
    };

    /// <summary>The framework beside the usual one: docs/decisions/0013.</summary>
    public const string WebServer = "Microsoft.AspNetCore.App";

    public static IReadOnlyList<string> Names { get; } =
        [.. SourceTree.Files("src", ".csproj").Select(path => Path.GetFileNameWithoutExtension(path))];

    /// <summary>What a project may refer to; a new project takes its place in this table first.</summary>
    public static (string[] Projects, string[] Packages) AllowedTo(string project) =>
        Allowed.TryGetValue(project, out var allowed)
            ? allowed
            : throw new KeyNotFoundException($"{project} has no place in the table of projects");

    public static IEnumerable<string> ProjectReferences(string project) =>
        Items(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path));

    public static IEnumerable<string> PackageReferences(string project) =>
        Items(project, "PackageReference").Except(OfEveryProject);

    public static IEnumerable<string> FrameworkReferences(string project) => Items(project, "FrameworkReference");

    /// <summary>Only the program itself may serve.</summary>
    public static bool HasWebServer(string project) => project == "Orrery.Cli";

    public static bool IsOfWebServer(string assembly) =>
        assembly.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
        || assembly.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal);

    private static IEnumerable<string> Items(string project, string kind) =>
        XDocument.Parse(SourceTree.Read($"src/{project}/{project}.csproj")).Descendants(kind)
            .Select(item => item.Attribute("Include")!.Value);
}
