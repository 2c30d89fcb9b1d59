using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Orrery.Cli.Composition;
using Orrery.Cli.Terminal;
using Orrery.Secrets.Guard;

namespace Orrery.Cli.Guard;

/// <summary>Findings as SARIF 2.1.0, which code hosts show beside the lines.</summary>
/// <remarks>https://docs.oasis-open.org/sarif/sarif/v2.1.0/</remarks>
internal static class SarifFile
{
    private const string Schema =
        "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    private const string Root = "SRCROOT";
    private const string About = "https://github.com/orrery-dev/orrery";

    /// <summary>The whole file or none.</summary>
    public static void Write(Host host, string file, GuardResult result)
    {
        var path = host.FullPath(file);
        var temporary = $"{path}.new";
        File.WriteAllText(temporary, Text(result));
        File.Move(temporary, path, overwrite: true);
    }

    public static string Text(GuardResult result) => JsonOutput.Text(json =>
    {
        json.WriteString("$schema", Schema);
        json.WriteString("version", "2.1.0");
        json.WriteStartArray("runs");
        json.WriteStartObject();
        WriteTool(json);
        json.WriteString("columnKind", "utf16CodeUnits");
        json.WriteStartObject("originalUriBaseIds");
        json.WriteStartObject(Root);
        WriteText(json, "description", "The root of the repository.");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartArray("results");
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var finding in result.Findings)
            WriteResult(json, finding, seen);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    });

    private static void WriteTool(Utf8JsonWriter json)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "orrery guard");
        json.WriteString("version", VersionText.Of());
        json.WriteString("informationUri", About);
        json.WriteStartArray("rules");
        foreach (var rule in GuardRules.All)
        {
            var code = GuardCodes.Of(rule.Kind);
            json.WriteStartObject();
            json.WriteString("id", rule.Name);
            WriteText(json, "shortDescription", $"{char.ToUpperInvariant(rule.Title[0])}{rule.Title[1..]}");
            WriteText(json, "fullDescription", $"{code.Code}: {code.Summary}. {code.Explanation}");
            json.WriteStartObject("defaultConfiguration");
            json.WriteString("level", LevelOf(rule));
            json.WriteEndObject();
            json.WriteStartObject("properties");
            json.WriteStartArray("tags");
            json.WriteStringValue("security");
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, Finding finding, Dictionary<string, int> seen)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", finding.Rule.Name);
        json.WriteNumber("ruleIndex", GuardRules.All.ToList().IndexOf(finding.Rule));
        json.WriteString("level", LevelOf(finding.Rule));
        WriteText(json, "message", $"{GuardReport.DetailOf(finding)} {finding.Shown}");
        json.WriteStartArray("locations");
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        json.WriteStartObject("artifactLocation");
        json.WriteString("uri", string.Join('/', finding.Path.Split('/').Select(Uri.EscapeDataString)));
        json.WriteString("uriBaseId", Root);
        json.WriteEndObject();
        json.WriteStartObject("region");
        json.WriteNumber("startLine", finding.Line);
        json.WriteNumber("startColumn", finding.Column);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("partialFingerprints");
        json.WriteString("orreryGuard/v1", Fingerprint(finding, seen));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>
    /// The same while lines move. Without the secret: of a short one even a hash would tell what it is.
    /// </summary>
    private static string Fingerprint(Finding finding, Dictionary<string, int> seen)
    {
        var key = $"{finding.Rule.Name}\n{finding.Path}\n{finding.Shown}";
        var number = seen[key] = seen.GetValueOrDefault(key) + 1;
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{key}\n{number}")));
    }

    private static string LevelOf(GuardRule rule) =>
        GuardCodes.Of(rule.Kind).Severity == Model.Diagnostics.Severity.Warning ? "warning" : "error";

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }
}
