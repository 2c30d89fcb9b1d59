using System.Globalization;

namespace Orrery.Rehearsal.Reports.Html;

/// <summary>
/// A rehearsal's report as one page that needs nothing else: no network, no script, no font. Equal reports give equal
/// bytes, and everything on it can be reached with the keyboard.
/// </summary>
public static class ReportPage
{
    public static string Write(RehearsalReport report)
    {
        var html = new HtmlWriter();
        AddHead(html, report);
        AddFigures(html, report);
        html.Add("<section aria-labelledby=\"timeline\"><h2 id=\"timeline\">What happened when</h2>");
        html.Add("""
            <p class="legend"><span class="key critical"></span>on the critical path
            <span class="key"></span>beside it. Point at a row, or reach it with the Tab key,
            to see what it waited for.</p>
            """);
        foreach (var step in report.Steps)
            GanttChart.Add(html, step);
        html.Add("</section>");
        GraphDrawing.Add(html, report);
        PageFigures.AddRequests(html, report);
        PageFigures.AddDowntime(html, report);
        PageFindings.AddInvariants(html, report);
        PageFindings.AddFaults(html, report);
        PageFindings.AddCrashes(html, report);
        html.Add("""
            </main>
            <footer><p>Everything on this page is simulated: the clouds, their latencies and prices are models of the
            real ones, and no account was used.</p></footer>
            </body>
            </html>
            """);
        return html.ToString();
    }

    private static void AddHead(HtmlWriter html, RehearsalReport report)
    {
        // The policy keeps the promise of the summary even if a mistake puts something else on the page.
        html.Add("""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy"
            content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
            <link rel="icon" href="data:,">
            """);
        html.Add($"<title>Rehearsal of {report.Platform}: {Outcome(report)}</title>");
        html.Add("<style>");
        html.Add(PageStyle.Text);
        html.Add("</style>\n</head>\n<body>\n<header>");
        html.Add($"""
            <h1>Rehearsal of {report.Platform}
            <span class="badge {(report.IsGood ? "good" : "bad")}">{Outcome(report)}</span>
            <span class="badge simulated">simulated</span></h1>
            <p>Scenario {report.Scenario}, seed {report.Seed}. Play exactly this again with:</p>
            <pre tabindex="0"><code>{report.Repeat}</code></pre>
            """);
        html.Add("</header>\n<main>");
    }

    private static void AddFigures(HtmlWriter html, RehearsalReport report)
    {
        html.Add("<section aria-label=\"Figures\"><dl class=\"tiles\">");
        Tile(html, "simulated time", PageWords.Duration(report.SimulatedSeconds), $"{report.Steps.Count} steps");
        foreach (var step in report.Steps.Where(step => step.Name is "up" or "rebuild"))
            Tile(
                html, step.Name, PageWords.Duration(step.SimulatedSeconds),
                $"critical path {PageWords.Duration(step.CriticalPathSeconds)}");
        foreach (var (strategy, seconds) in report.DowntimeSeconds)
            Tile(html, "downtime", PageWords.Duration(seconds), $"{strategy} rebuild");
        var cost = report.CostPerMonth is { } euros
            ? string.Create(CultureInfo.InvariantCulture, $"{euros:0.00} €")
            : "not known";
        Tile(html, "cost per month", cost, "while it is up, with VAT");
        foreach (var (provider, count) in report.Requests)
            Tile(html, $"requests to {provider}", HtmlWriter.Number(count.Total), $"{count.Mutating} change something");
        // What was never checked did not hold, it was not asked.
        var asked = report.Invariants.Where(invariant => invariant.Checked > 0).ToArray();
        Tile(
            html, "promises", $"{asked.Count(invariant => invariant.Holds)} of {asked.Length} hold",
            $"{asked.Sum(invariant => invariant.Checked)} checks, {report.Invariants.Count - asked.Length} with "
            + "nothing to check");
        if (report.Crashes is { } crashes)
            Tile(html, "crashes", $"{crashes.Converged} of {crashes.Points}", "survived");
        html.Add("</dl></section>");
    }

    private static void Tile(HtmlWriter html, string name, string value, string more) =>
        html.Add($"<div><dt>{name}</dt><dd><strong>{value}</strong><small>{more}</small></dd></div>");

    private static string Outcome(RehearsalReport report) => report switch
    {
        { IsGood: true } => report.Outcome,
        { Outcome: not "converged" } => report.Outcome,
        { Orphans.Count: > 0 } => "something was orphaned",
        { Crashes.IsGood: false } => "a crash was not survived",
        _ => "a promise was broken",
    };
}
