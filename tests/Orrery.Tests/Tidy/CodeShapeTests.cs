namespace Orrery.Tests.Tidy;

public class CodeShapeTests
{
    private const int FilesPerFolderMax = 20;
    private const int FoldersBelowProjectMax = 3;
    private const int ParametersMax = 5;
    private const int ProjectFileLinesMax = 30;

    // Siblings of one shape: who knows one knows all, however many there are.
    private static readonly string[] FoldersOfSiblings = ["src/Orrery.Model/Spec/Kinds"];

    private static readonly string[] EmptyFolderNames = ["Utils", "Common", "Helpers", "Misc", "Core", "Shared"];

    [Fact]
    public void Every_source_file_has_a_shape_that_one_can_read() =>
        SourceTree.CodeFiles.SelectMany(path => CodeShape.Problems(path, SourceTree.Read(path))).ShouldBeEmpty();

    [Theory]
    [InlineData("var x = 1; // TO" + "DO later", "a.cs:1: TO" + "DO without an issue's number")]
    [InlineData("public sealed class Platform\n{\n}", "a.cs:1: a public type without a <summary>")]
    [InlineData("internal static class PathHelper;", "a.cs:1: PathHelper says nothing: name what it is")]
    [InlineData("#region x", "a.cs:1: a region")]
    public void What_is_out_of_shape_is_found(string text, string expected) =>
        CodeShape.Problems("a.cs", text).ShouldBe([expected]);

    [Fact]
    public void What_is_too_long_is_found()
    {
        static string Lines(int count) => string.Join('\n', Enumerable.Repeat("        x();", count));
        CodeShape.Problems("a.cs", "// " + new string('x', 118)).ShouldBe(["a.cs:1: 121 columns, at most 120"]);
        CodeShape.Problems("a.cs", Lines(401)).ShouldBe(["a.cs: 401 lines, at most 400: which noun is missing?"]);
        CodeShape.Problems("tests/a.cs", Lines(600)).ShouldBeEmpty();
        var longMethod = $"internal class A\n{{\n    void M()\n    {{\n{Lines(61)}\n    }}\n}}";
        CodeShape.Problems("a.cs", longMethod).ShouldBe(["a.cs:3: a method of 61 lines, at most 60"]);
        var longType = $"internal class A\n{{\n    void M()\n    {{\n{Lines(60)}\n    }}\n{Lines(9)}\n}}";
        CodeShape.Problems("a.cs", longType).ShouldBeEmpty();
    }

    [Fact]
    public void A_type_with_a_summary_above_its_attributes_is_fine() =>
        CodeShape.Problems("a.cs", "/// <summary>A.</summary>\n[Flags]\npublic enum A\n{\n}").ShouldBeEmpty();

    [Fact]
    public void Folders_stay_small_and_shallow()
    {
        foreach (var folder in SourceTree.CodeFiles.GroupBy(path => path[..path.LastIndexOf('/')]))
        {
            if (!FoldersOfSiblings.Contains(folder.Key))
                folder.Count().ShouldBeLessThanOrEqualTo(FilesPerFolderMax, folder.Key);
            var names = folder.Key.Split('/');
            (names.Length - 2).ShouldBeLessThanOrEqualTo(FoldersBelowProjectMax, folder.Key);
            names.ShouldNotContain(name => EmptyFolderNames.Contains(name), folder.Key);
        }
    }

    [Fact]
    public void No_method_has_more_parameters_than_one_can_hold_in_mind() =>
        BuiltAssembly.All.SelectMany(assembly => assembly.MethodsWithMoreParametersThan(ParametersMax)).ShouldBeEmpty();

    [Fact]
    public void Project_files_are_short()
    {
        foreach (var path in SourceTree.TextFiles.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal)))
            SourceTree.Read(path).Split('\n').Length.ShouldBeLessThanOrEqualTo(ProjectFileLinesMax, path);
    }
}
