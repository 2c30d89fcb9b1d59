using System.Text;
using Orrery.Model.Diagnostics;
using Orrery.Model.Spec;
using Orrery.Model.Spec.Checks;

namespace Orrery.Tests.Model;

/// <summary>
/// Each folder of Golden/Invalid is a declaration with something wrong and the full text of what is said about it. What
/// is merely not built yet is left out, except in the folders named <c>not-yet-...</c>.
/// </summary>
public sealed class InvalidDeclarationTests
{
    private const string NotYet = "NOTYET";

    private static readonly string[] Names =
    [
        .. Directory.GetDirectories(Golden.Folder("Invalid")).Select(folder => Path.GetFileName(folder))
            .Order(StringComparer.Ordinal),
    ];

    public static TheoryData<string> Cases => [.. Names];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_mistake_is_explained(string name)
    {
        var diagnostics = DiagnosticsOf(name);
        diagnostics.ShouldNotBeEmpty();
        Golden.Match($"tests/Orrery.Tests/Golden/Invalid/{name}/expected.txt", DiagnosticText.Write(diagnostics));
    }

    [Fact]
    public void Every_code_is_provoked_by_some_declaration()
    {
        var provoked = Names.SelectMany(DiagnosticsOf).Select(d => d.Code).ToHashSet();
        // Too large a file is made in a test of its own, not stored.
        provoked.Add("SPEC002");
        var codes = SpecCodes.All.Concat(CheckCodes.All).Select(code => code.Code);
        codes.Where(code => !provoked.Contains(code)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_feature_that_is_not_built_is_asked_for_by_an_example_or_a_case()
    {
        const string Recipient = "age10nqexd2jhs7vgz0gj0f77c4kut6td6e5l83za4xfpelkam7y4qys22gxmm";
        var files = ExampleDeclarations.Names.Select(name => ExampleDeclarations.Create(name, [Recipient], "x.json"));
        var said = files.SelectMany(file => Declaration.Read([file], profile: null).Diagnostics)
            .Concat(Declaration.Read(FilesOf("component-without-its-requirement"), profile: null).Diagnostics)
            .Concat(Declaration.Read(FilesOf("not-yet-denied-egress"), profile: null).Diagnostics)
            .Concat(Declaration.Read(FilesOf("not-yet-other-machines"), profile: null).Diagnostics)
            .Select(d => d.Code).ToHashSet();
        Unbuilt.All.Where(feature => !said.Contains(feature.Code)).ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_in_the_folder_is_unused() =>
        Golden.HasNothingBut("Invalid", Names.SelectMany(UsedBy));

    private static Diagnostic[] DiagnosticsOf(string name)
    {
        var profile = Path.Combine(Golden.Folder("Invalid"), name, "profile.txt");
        var read = Declaration.Read(FilesOf(name), File.Exists(profile) ? File.ReadAllText(profile).Trim() : null);
        var withNotYet = name.StartsWith("not-yet-", StringComparison.Ordinal);
        return [.. read.Diagnostics.Where(d => withNotYet || !d.Code.StartsWith(NotYet, StringComparison.Ordinal))];
    }

    // ReadAllText would drop the byte order mark that one of the cases is about.
    private static SourceFile[] FilesOf(string name) =>
    [
        .. Directory.GetFiles(Path.Combine(Golden.Folder("Invalid"), name), "*.yaml").Order(StringComparer.Ordinal)
            .Select(file => new SourceFile(Path.GetFileName(file), Encoding.UTF8.GetString(File.ReadAllBytes(file)))),
    ];

    private static IEnumerable<string> UsedBy(string name)
    {
        var folder = Path.Combine(Golden.Folder("Invalid"), name);
        var sources = Directory.GetFiles(folder, "*.yaml").Select(Path.GetFileName).Append("expected.txt");
        return sources.Append("profile.txt").Select(file => $"{name}/{file}");
    }
}
