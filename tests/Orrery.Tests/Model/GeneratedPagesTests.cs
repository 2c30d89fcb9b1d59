using System.Text.Json;
using Orrery.Cli;
using Orrery.Cli.Age;
using Orrery.Cli.Guard;
using Orrery.Cli.Secrets;
using Orrery.Cli.Secrets.Sealing;
using Orrery.Engine;
using Orrery.GitOps;
using Orrery.Model;
using Orrery.Model.Diagnostics;
using Orrery.Model.Spec;
using Orrery.Providers.Clusters.Rebuilds;
using Orrery.Providers.Hetzner;
using Orrery.Providers.ImageFactory;
using Orrery.Providers.Keys;
using Orrery.Providers.Proxmox.Hosts;
using Orrery.Providers.Talos.Configuration;

namespace Orrery.Tests.Model;

public sealed class GeneratedPagesTests
{
    /// <summary>All families of all projects: a project that has codes of its own is added here.</summary>
    private static readonly DiagnosticFamily[] Families =
    [
        .. ModelDiagnostics.Families, .. EngineDiagnostics.Families, HetznerDiagnostics.Family, KeysDiagnostics.Family,
        ClaimDiagnostics.Family, GitOpsCodes.Family, CliCodes.Family, AgeCodes.Family, SecretCodes.Family,
        DoctorCodes.Family, SealCodes.Family, GuardCodes.Family, TalosDiagnostics.Family, FactoryDiagnostics.Family,
        ProxmoxDiagnostics.Family,
    ];

    [Fact]
    public void The_reference_page_says_what_the_kinds_say() =>
        Golden.Match("docs/declaration/reference.md", ReferencePage.Write());

    [Fact]
    public void The_schema_beside_the_reference_says_what_the_kinds_say() =>
        Golden.Match($"docs/declaration/{JsonSchema.FileName}", JsonSchema.Write());

    [Fact]
    public void Every_diagnostic_is_documented() =>
        Golden.Match("docs/diagnostics.md", DiagnosticsPage.Write(Families));

    [Fact]
    public void Codes_are_numbered_without_gaps_and_begin_with_their_prefix()
    {
        foreach (var family in Families)
        {
            var numbered = family.Codes.Select((_, index) => $"{family.Prefix}{index + 1:000}");
            family.Codes.Select(code => code.Code).ShouldBe(numbered);
        }
    }

    [Fact]
    public void A_summary_is_one_line_in_lower_case_and_an_explanation_is_sentences()
    {
        foreach (var code in Families.SelectMany(family => family.Codes))
        {
            var first = code.Summary.Split(' ')[0];
            (char.IsLower(first[0]) || first.Any(char.IsUpper)).ShouldBeTrue(code.Code);
            code.Summary.ShouldNotEndWith(".", customMessage: code.Code);
            code.Explanation.ShouldEndWith(".", customMessage: code.Code);
        }
    }

    [Fact]
    public void References_within_the_schema_lead_somewhere()
    {
        using var schema = JsonDocument.Parse(JsonSchema.Write());
        var definitions = schema.RootElement.GetProperty("$defs");
        var references = References(schema.RootElement).ToArray();
        references.Length.ShouldBeGreaterThan(50);
        foreach (var reference in references)
            definitions.TryGetProperty(reference["#/$defs/".Length..], out _).ShouldBeTrue(reference);
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member =>
            member.Name == "$ref" ? [member.Value.GetString()!] : References(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
