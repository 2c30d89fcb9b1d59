using Orrery.Tests.Contracts;

namespace Orrery.Tests.Tidy;

/// <summary>The project's own files, by their path from the repository's root.</summary>
internal static class SourceTree
{
    private static readonly string[] CodeFolders = ["src", "tests", "bench"];
    private static readonly string[] WrittenFolders = [".ci", "docs", "eng", "examples", .. CodeFolders];
    private static readonly string[] OutputFolders = ["artifacts", "bin", "obj", "TestResults"];

    public static string Root => ContractFolder.RepositoryRoot;

    public static IReadOnlyList<string> CodeFiles { get; } =
        [.. CodeFolders.SelectMany(folder => Files(folder, ".cs"))];

    /// <summary>Every file of the repository.</summary>
    public static IReadOnlyList<string> TextFiles { get; } =
        [.. RootFiles(), .. WrittenFolders.SelectMany(folder => Files(folder, ""))];

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static IEnumerable<string> Files(string folder, string ending)
    {
        var path = Path.Combine(Root, folder);
        return Directory.Exists(path)
            ? Directory.EnumerateFiles(path, "*" + ending, SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
                .Where(file => !file.Split('/').Any(OutputFolders.Contains)).Order(StringComparer.Ordinal)
            : [];
    }

    private static IEnumerable<string> RootFiles() =>
        Directory.EnumerateFiles(Root).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);
}
