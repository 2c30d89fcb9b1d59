namespace Orrery.Tests.Tidy;

/// <summary>Who may know whom: between projects, between the folders of the model, and of the outside world.</summary>
public class DependencyTests
{
    private static readonly string[] PureProjects = ["Orrery.Model", "Orrery.Secrets", "Orrery.GitOps"];

    // What waits, reads a clock, draws lots, or touches files, network, terminal or other programs.
    private static readonly string[] Effects =
    [
        "System.Console", "System.Diagnostics.Process", "System.Diagnostics.Stopwatch", "System.IO.Directory",
        "System.IO.DirectoryInfo", "System.IO.File", "System.IO.FileInfo", "System.IO.FileStream", "System.Net.Dns",
        "System.Random", "System.Security.Cryptography.RandomNumberGenerator", "System.TimeProvider",
    ];

    private static readonly string[] Namespaces = ["System.Net.Http.", "System.Net.Sockets.", "System.Threading."];

    // No effects: what the compiler itself writes for thread-safe initialisation, and the name of an address's family.
    private static readonly string[] Harmless =
        ["System.Threading.Interlocked", "System.Threading.Volatile", "System.Net.Sockets.AddressFamily"];

    // Data flows one way: what a folder of the model may see of its siblings.
    private static readonly Dictionary<string, string[]> ModelFolders = new()
    {
        ["Values"] = [],
        ["Diagnostics"] = ["Values"],
        ["Documents"] = ["Values"],
        ["Platforms"] = ["Values", "Diagnostics"],
        ["Spec"] = ["Values", "Diagnostics", "Documents", "Platforms"],
        ["Resources"] = ["Values", "Diagnostics"],
        ["Plans"] = ["Values", "Diagnostics", "Resources"],
    };

    public static TheoryData<string> ProjectNames() => new(Projects.Names);

    [Theory]
    [MemberData(nameof(ProjectNames))]
    public void A_project_names_only_what_it_may_know(string project)
    {
        var allowed = Projects.AllowedTo(project);
        Projects.ProjectReferences(project).Except(allowed.Projects).ShouldBeEmpty(project);
        Projects.PackageReferences(project).Except(allowed.Packages).ShouldBeEmpty(project);
        Projects.FrameworkReferences(project).ShouldBe(Projects.HasWebServer(project) ? [Projects.WebServer] : []);
    }

    // A package or project also arrives through another: the built assembly tells what was really used.
    [Theory]
    [MemberData(nameof(ProjectNames))]
    public void An_assembly_uses_only_what_its_project_may_know(string project)
    {
        var allowed = Projects.AllowedTo(project);
        var used = BuiltAssembly.Of(project).References.Where(IsNotOfTheFramework);
        if (Projects.HasWebServer(project))
            used = used.Where(name => !Projects.IsOfWebServer(name));
        used.Except([.. allowed.Projects, .. allowed.Packages]).ShouldBeEmpty(project);
    }

    [Theory]
    [InlineData("Orrery.Providers")]
    [InlineData("Orrery.Simulation")]
    public void Of_the_engine_only_its_ports_are_known(string project) =>
        BuiltAssembly.Of(project).TypeReferences
            .Where(type => type.StartsWith("Orrery.Engine.", StringComparison.Ordinal)
                && !type.StartsWith("Orrery.Engine.Ports.", StringComparison.Ordinal))
            .ShouldBeEmpty();

    [Fact]
    public void Pure_projects_have_no_effects()
    {
        var pure = BuiltAssembly.All.Where(assembly => PureProjects.Contains(assembly.Name)).ToList();
        pure.Count.ShouldBeGreaterThanOrEqualTo(2);
        foreach (var assembly in pure)
            assembly.TypeReferences.Where(IsEffect).ShouldBeEmpty(assembly.Name);
    }

    [Theory]
    [InlineData("System.Threading.Tasks.Task", true)]
    [InlineData("System.IO.File", true)]
    [InlineData("System.IO.MemoryStream", false)]
    [InlineData("System.Net.Http.HttpClient", true)]
    [InlineData("System.Net.IPAddress", false)]
    [InlineData("System.Net.Sockets.AddressFamily", false)]
    [InlineData("System.Net.Sockets.Socket", true)]
    [InlineData("System.RandomAccess", false)]
    public void An_effect_is_known_by_its_type(string type, bool expected) => IsEffect(type).ShouldBe(expected);

    [Fact]
    public void Only_the_command_line_knows_the_terminal() =>
        BuiltAssembly.All.Where(assembly => assembly.TypeReferences.Contains("System.Console"))
            .Select(assembly => assembly.Name).Except(["Orrery.Cli"]).ShouldBeEmpty();

    [Fact]
    public void Within_the_model_data_flows_one_way()
    {
        const string root = "src/Orrery.Model/";
        var edges = 0;
        // What stands above the folders speaks of all of them.
        foreach (var path in SourceTree.Files(root, ".cs").Where(path => path[root.Length..].Contains('/')))
        {
            var folder = path[root.Length..].Split('/')[0];
            ModelFolders.ShouldContainKey(folder, $"{path}: a new folder takes its place in this test first");
            foreach (var seen in SourceTree.Read(path).Split('\n').Select(ModelFolderOf).OfType<string>())
            {
                ModelFolders[folder].Append(folder).ShouldContain(seen, path);
                edges++;
            }
        }

        edges.ShouldBePositive();
    }

    private static string? ModelFolderOf(string line)
    {
        const string start = "using Orrery.Model.";
        return line.StartsWith(start, StringComparison.Ordinal)
            ? line[start.Length..].TrimEnd(';').Split('.')[0]
            : null;
    }

    private static bool IsEffect(string type) =>
        !Harmless.Contains(type)
        && (Effects.Contains(type) || Namespaces.Any(start => type.StartsWith(start, StringComparison.Ordinal)));

    private static bool IsNotOfTheFramework(string assembly) =>
        !assembly.StartsWith("System.", StringComparison.Ordinal) || assembly == "System.CommandLine";
}
