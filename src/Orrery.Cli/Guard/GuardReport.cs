using System.Globalization;
using Orrery.Cli.Composition;
using Orrery.Cli.Terminal;
using Orrery.Model.Diagnostics;
using Orrery.Secrets.Guard;

namespace Orrery.Cli.Guard;

/// <summary>Findings as diagnostics and as JSON.</summary>
internal static class GuardReport
{
    /// <summary>A person reads no more.</summary>
    private const int ShownMax = 100;

    public static void WriteText(Screen screen, GuardResult result)
    {
        screen.Report(result.Findings.Take(ShownMax).Select(Diagnose));
        if (result.Findings.Count > ShownMax)
            screen.Tell($"\nand {result.Findings.Count - ShownMax} more; --output json has them all\n");
        var files = Files(result);
        if (result.Findings.Count == 0)
            screen.Print($"nothing found in {files}\n");
        else
            screen.Tell($"\n{Words.Count(result.Findings.Count, "finding")} in {files}\n");
    }

    public static void WriteJson(Screen screen, GuardResult result) => screen.WriteJson(json =>
    {
        json.WriteBoolean("clean", result.Findings.Count == 0);
        json.WriteNumber("files", result.Files);
        json.WriteStartArray("findings");
        foreach (var finding in result.Findings)
        {
            json.WriteStartObject();
            json.WriteString("rule", finding.Rule.Name);
            json.WriteString("code", GuardCodes.Of(finding.Rule.Kind).Code);
            json.WriteString("file", finding.Path);
            json.WriteNumber("line", finding.Line);
            json.WriteNumber("column", finding.Column);
            json.WriteString("shown", finding.Shown);
            json.WriteString("detail", DetailOf(finding));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>For a sentence: <c>A GitHub token (rule github-token).</c></summary>
    public static string DetailOf(Finding finding)
    {
        var title = $"{char.ToUpperInvariant(finding.Rule.Title[0])}{finding.Rule.Title[1..]}";
        var rest = finding.Detail.Length == 0 ? "" : $" {finding.Detail}";
        return $"{title} (rule {finding.Rule.Name}).{rest}";
    }

    public static IEnumerable<string> HintsOf(GuardRule rule, string path)
    {
        const string Allow = "if it is right here, say why on its line or the one before:";
        switch (rule.Kind)
        {
            case GuardKind.PrivateKey or GuardKind.Token or GuardKind.Password:
                yield return "take it out, and make a new one where it was ever pushed";
                yield return Allow;
                yield return $"  orrery-guard:allow {rule.Name} REASON";
                break;
            case GuardKind.KubernetesSecret or GuardKind.Unencrypted:
                yield return "encrypt it:";
                yield return $"  orrery secret encrypt --in-place {path}";
                break;
            case GuardKind.Allowance or GuardKind.UnusedAllowance:
                yield return "mend it or take it out";
                break;
            default:
                break;
        }
    }

    /// <summary>The line is not shown: in its place stands what may be known.</summary>
    private static Diagnostic Diagnose(Finding finding) => GuardCodes.Of(finding.Rule.Kind).At(
        new SourceRange(finding.Path, finding.Line, finding.Column, finding.Shown.Length, finding.Shown)
        {
            ShownColumn = 1,
        },
        DetailOf(finding),
        [.. HintsOf(finding.Rule, finding.Path)]);

    private static string Files(GuardResult result) =>
        result.Files == 1 ? "1 file" : string.Create(CultureInfo.InvariantCulture, $"{result.Files:N0} files");
}
