using System.Text.Json;
using Orrery.Cli.Guard;
using Orrery.Secrets.Guard;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Cli.Guard;

/// <summary>SARIF as the standard has it: what is required, what is allowed, and no other names.</summary>
public class SarifFileTests
{
    // What SARIF 2.1.0 says of the objects that we write: https://docs.oasis-open.org/sarif/sarif/v2.1.0/
    private const string Shapes = """
        {
          "log": { "type": "object", "required": ["version", "runs"], "properties": {
            "$schema": { "type": "string" }, "version": { "enum": ["2.1.0"] },
            "runs": { "type": "array", "items": { "$ref": "#/run" } } } },
          "run": { "type": "object", "required": ["tool"], "properties": {
            "tool": { "type": "object", "required": ["driver"], "properties": { "driver": { "$ref": "#/component" } } },
            "columnKind": { "enum": ["utf16CodeUnits", "unicodeCodePoints"] },
            "originalUriBaseIds": { "type": "object", "additionalProperties": { "$ref": "#/artifactLocation" } },
            "results": { "type": "array", "items": { "$ref": "#/result" } } } },
          "component": { "type": "object", "required": ["name"], "properties": {
            "name": { "type": "string" }, "version": { "type": "string" }, "informationUri": { "type": "string" },
            "rules": { "type": "array", "uniqueItems": true, "items": { "$ref": "#/rule" } } } },
          "rule": { "type": "object", "required": ["id"], "properties": {
            "id": { "type": "string" }, "shortDescription": { "$ref": "#/text" },
            "fullDescription": { "$ref": "#/text" },
            "defaultConfiguration": { "type": "object", "properties": { "level": { "$ref": "#/level" } } },
            "properties": { "type": "object", "properties": {
              "tags": { "type": "array", "uniqueItems": true, "items": { "type": "string" } } } } } },
          "text": { "type": "object", "required": ["text"], "properties": { "text": { "type": "string" } } },
          "level": { "enum": ["none", "note", "warning", "error"] },
          "artifactLocation": { "type": "object", "properties": {
            "uri": { "type": "string", "pattern": "^[A-Za-z0-9._~%/-]+$" }, "uriBaseId": { "type": "string" },
            "description": { "$ref": "#/text" } } },
          "result": { "type": "object", "required": ["message"], "properties": {
            "ruleId": { "type": "string" }, "ruleIndex": { "type": "integer", "minimum": 0 },
            "level": { "$ref": "#/level" }, "message": { "$ref": "#/text" },
            "locations": { "type": "array", "minItems": 1, "items": { "type": "object", "properties": {
              "physicalLocation": { "type": "object", "required": ["artifactLocation"], "properties": {
                "artifactLocation": { "$ref": "#/artifactLocation" },
                "region": { "type": "object", "required": ["startLine"], "properties": {
                  "startLine": { "type": "integer", "minimum": 1 },
                  "startColumn": { "type": "integer", "minimum": 1 } } } } } } } },
            "partialFingerprints": { "type": "object", "additionalProperties": { "type": "string" } } } }
        }
        """;

    [Fact]
    public void Every_kind_of_finding_has_the_form_of_the_standard()
    {
        var findings = GuardRules.All.Select((rule, number) => new Finding
        {
            Rule = rule,
            Path = "a folder/ü & %.env",
            Line = number + 1,
            Column = 2,
            Shown = "ghp_..., 40 characters",
        }).ToArray();
        using var log = JsonDocument.Parse(SarifFile.Text(new GuardResult(findings, 1)));
        Problems(log.RootElement).ShouldBeEmpty();
        var run = log.RootElement.GetProperty("runs")[0];
        var rules = run.GetProperty("tool").GetProperty("driver").GetProperty("rules");
        var results = run.GetProperty("results").EnumerateArray().ToArray();
        results.Length.ShouldBe(findings.Length);
        foreach (var result in results)
        {
            rules[result.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString()
                .ShouldBe(result.GetProperty("ruleId").GetString());
            result.GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation")
                .GetProperty("uri").GetString().ShouldBe("a%20folder/%C3%BC%20%26%20%25.env");
        }

        results.Select(result => result.GetProperty("partialFingerprints").GetProperty("orreryGuard/v1").GetString())
            .Distinct().Count().ShouldBe(findings.Length);
    }

    [Fact]
    public void Nothing_found_is_a_run_with_no_results()
    {
        using var log = JsonDocument.Parse(SarifFile.Text(new GuardResult([], 1)));
        Problems(log.RootElement).ShouldBeEmpty();
        log.RootElement.GetProperty("runs")[0].GetProperty("results").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public void A_finding_keeps_its_fingerprint_when_lines_move_and_two_have_two()
    {
        static string[] Fingerprints(params int[] lines)
        {
            var findings = lines.Select(line => new Finding
            {
                Rule = GuardRules.All[0],
                Path = "a",
                Line = line,
                Column = 1,
                Shown = "x",
            });
            using var log = JsonDocument.Parse(SarifFile.Text(new GuardResult([.. findings], 1)));
            return [.. log.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray().Select(
                result => result.GetProperty("partialFingerprints").GetProperty("orreryGuard/v1").GetString()!)];
        }

        Fingerprints(1, 2).ShouldBe(Fingerprints(7, 9));
        Fingerprints(1, 2).Distinct().Count().ShouldBe(2);
    }

    [Theory]
    [InlineData("{\"version\": \"2.1.0\"}")]
    [InlineData("{\"version\": \"2.0.0\", \"runs\": []}")]
    [InlineData("{\"version\": \"2.1.0\", \"runs\": [{\"tool\": {\"driver\": {}}}]}")]
    [InlineData("{\"version\": \"2.1.0\", \"runs\": [], \"other\": 1}")]
    public void What_is_no_sarif_is_noticed(string text)
    {
        using var log = JsonDocument.Parse(text);
        Problems(log.RootElement).ShouldNotBeEmpty();
    }

    private static IReadOnlyList<string> Problems(JsonElement log)
    {
        using var shapes = JsonDocument.Parse(Shapes);
        var report = new ContractReport();
        new SchemaChecker(shapes.RootElement, report).Check(shapes.RootElement.GetProperty("log"), log, "log");
        report.Unchecked.ShouldBeEmpty();
        return report.Violations;
    }
}
