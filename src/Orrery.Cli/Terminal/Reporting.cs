using Orrery.Cli.Composition;
using Orrery.Model.Diagnostics;

namespace Orrery.Cli.Terminal;

/// <summary>Diagnostics on standard error: <c>error:</c>, <c>warning:</c> and <c>hint:</c> lines.</summary>
internal static class Reporting
{
    public static void Report(this Screen screen, params IEnumerable<Diagnostic> diagnostics)
    {
        var text = DiagnosticText.Write(diagnostics);
        if (text.Length == 0)
            return;
        screen.Tell(screen.ColourError ? Coloured(text) : text);
    }

    /// <summary>Errors in full; of warnings only how many there are, since <c>validate</c> shows them.</summary>
    public static void ReportBriefly(this Screen screen, IReadOnlyCollection<Diagnostic> diagnostics, string path)
    {
        screen.Report(diagnostics.Where(diagnostic => diagnostic.Severity == Severity.Error));
        var warnings = diagnostics.Count(diagnostic => diagnostic.Severity == Severity.Warning);
        if (warnings > 0)
        {
            var paint = new Paint(screen.ColourError);
            screen.Error.WriteLine(
                $"{paint.Yellow("warning:")} {Words.Count(warnings, "warning")} about the declaration; shown by: "
                + $"orrery validate {path}");
        }
    }

    private static string Coloured(string text)
    {
        var paint = new Paint(true);
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            lines[i] = lines[i] switch
            {
                ['e', 'r', 'r', 'o', 'r', ':', .. var rest] => paint.Red("error:") + paint.Bold(rest),
                ['w', 'a', 'r', 'n', 'i', 'n', 'g', ':', .. var rest] => paint.Yellow("warning:") + paint.Bold(rest),
                ['h', 'i', 'n', 't', ':', .. var rest] => paint.Cyan("hint:") + rest,
                _ => lines[i],
            };
        }

        return string.Join('\n', lines);
    }
}
