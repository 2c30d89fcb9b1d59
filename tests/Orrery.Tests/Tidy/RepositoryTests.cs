using System.Text.RegularExpressions;

namespace Orrery.Tests.Tidy;

/// <summary>What the repository shows at first sight, and that its documents tell the truth.</summary>
public partial class RepositoryTests
{
    private static readonly string[] RootEntries =
    [
        ".ci", ".editorconfig", ".gitattributes", ".gitignore", ".orrery-guard.yaml", "ARCHITECTURE.md", "CHANGELOG.md",
        "CONTRIBUTING.md", "Directory.Build.props", "Directory.Packages.props", "LICENSE", "Orrery.slnx", "README.md",
        "SECURITY.md", "bench", "docs", "eng", "examples", "global.json", "orrery", "src", "tests",
    ];

    // What tools leave behind; .gitignore names the same.
    private static readonly string[] Ignored = [".git", ".idea", ".orrery", ".vs", "TestResults", "artifacts"];

    [Fact]
    public void The_root_holds_only_what_everyone_needs_first() =>
        Directory.EnumerateFileSystemEntries(SourceTree.Root).Select(path => Path.GetFileName(path))
            .Except([.. RootEntries, .. Ignored]).ShouldBeEmpty();

    [Fact]
    public void The_two_first_commands_stand_in_the_readme()
    {
        var lines = SourceTree.Read("README.md").Split('\n').Select(line => line.Trim()).ToList();
        lines.ShouldContain("./orrery rehearse examples/cosmos");
        lines.ShouldContain("dotnet test");
        SourceTree.Read(".ci/run").ShouldContain("dotnet test");
    }

    [Fact]
    public void The_solution_holds_every_project()
    {
        var solution = SourceTree.Read("Orrery.slnx");
        foreach (var path in SourceTree.TextFiles.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal)))
            solution.ShouldContain($"\"{path}\"", Case.Sensitive, "dotnet test builds the solution");
    }

    [Theory]
    [InlineData("orrery")]
    [InlineData(".ci/run")]
    public void A_script_can_be_started_as_it_is(string path)
    {
        SourceTree.Read(path).ShouldStartWith("#!/usr/bin/env bash\n");
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(Path.Combine(SourceTree.Root, path)).HasFlag(UnixFileMode.UserExecute).ShouldBeTrue();
    }

    [Theory]
    [InlineData("ARCHITECTURE.md", 200)]
    [InlineData("CONTRIBUTING.md", 80)]
    public void A_document_stays_short(string path, int linesMax) =>
        SourceTree.Read(path).Split('\n').Length.ShouldBeLessThanOrEqualTo(linesMax);

    [Fact]
    public void A_decision_is_numbered_and_fits_a_page()
    {
        var decisions = SourceTree.Files("docs/decisions", ".md").ToList();
        decisions.ShouldNotBeEmpty();
        for (var i = 0; i < decisions.Count; i++)
        {
            Path.GetFileName(decisions[i]).ShouldStartWith($"{i + 1:0000}-");
            SourceTree.Read(decisions[i]).Split('\n').Length.ShouldBeLessThanOrEqualTo(60, decisions[i]);
        }
    }

    // A code span in Pascal case is a type or a folder of ours; one with a slash is a path.
    [Fact]
    public void Every_name_in_the_architecture_exists()
    {
        var names = BuiltAssembly.All.SelectMany(assembly => assembly.Types).Select(type => type.Name.Split('`')[0])
            .Concat(SourceTree.CodeFiles.SelectMany(path => path.Split('/')[..^1])).ToHashSet();
        var text = SourceTree.Read("ARCHITECTURE.md");
        var spans = CodeSpan().Matches(text).Select(span => span.Groups[1].Value).ToList();
        spans.ShouldNotBeEmpty();
        foreach (var span in spans.Where(span => TypeName().IsMatch(span)))
            names.ShouldContain(span);
        foreach (var span in spans.Where(span => PathName().IsMatch(span)))
            Path.Exists(Path.Combine(SourceTree.Root, span)).ShouldBeTrue($"{span} does not exist");
    }

    [Fact]
    public void Every_link_between_documents_leads_somewhere()
    {
        foreach (var path in SourceTree.TextFiles.Where(path => path.EndsWith(".md", StringComparison.Ordinal)))
        {
            var folder = Path.Combine(SourceTree.Root, Path.GetDirectoryName(path)!);
            foreach (var target in Link().Matches(SourceTree.Read(path)).Select(match => match.Groups[1].Value))
                Path.Exists(Path.Combine(folder, target)).ShouldBeTrue($"{path}: {target}");
        }
    }

    [Fact]
    public void No_file_speaks_of_one_machine()
    {
        var parent = Path.GetDirectoryName(SourceTree.Root)!.TrimEnd('/');
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        // The home of root is a path on every server, too, so it says nothing of this machine.
        var paths = new[] { parent, home }.Where(path => path.Length > 1 && path != "/root").ToList();
        foreach (var path in SourceTree.TextFiles)
        {
            var text = SourceTree.Read(path);
            foreach (var machine in paths)
                text.ShouldNotContain(machine + "/", Case.Sensitive, path);
        }
    }

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex("^[A-Z][A-Za-z0-9]+$")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"^[A-Za-z.][\w.-]*/[\w./-]*$")]
    private static partial Regex PathName();

    [GeneratedRegex(@"\]\((?!https?:|#|mailto:)([^)#\s]+)")]
    private static partial Regex Link();
}
