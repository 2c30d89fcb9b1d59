using System.Text;

namespace Orrery.Model.Diagnostics;

/// <summary>The page of all diagnostics, as Markdown.</summary>
public static class DiagnosticsPage
{
    /// <summary>The page as text with a final newline; the same bytes everywhere.</summary>
    public static string Write(IEnumerable<DiagnosticFamily> families)
    {
        var page = new StringBuilder();
        page.Append("# Diagnostics\n\n");
        page.Append("Generated from the lists of codes; do not edit. A code never changes its meaning.\n");
        foreach (var family in families)
        {
            page.Append($"\n## {family.Prefix}: {family.Title}\n\n{family.Introduction}\n");
            foreach (var code in family.Codes)
            {
                page.Append($"\n### {code.Code}\n\n");
                page.Append(code.Severity == Severity.Warning ? "Warning: " : "Error: ").Append(code.Summary);
                page.Append(".\n\n").Append(code.Explanation).Append('\n');
            }
        }

        return page.ToString();
    }
}
