namespace Orrery.Rehearsal.Reports.Html;

/// <summary>What was promised and found: invariants, faults, crashes, orphans.</summary>
internal static class PageFindings
{
    public static void AddInvariants(HtmlWriter html, RehearsalReport report)
    {
        html.Add("""
            <section aria-labelledby="promises"><h2 id="promises">Promises</h2>
            <table><thead><tr><th scope="col">promise</th><th scope="col">outcome</th><th scope="col">checked</th></tr>
            </thead><tbody>
            """);
        foreach (var invariant in report.Invariants)
        {
            var (style, word) = invariant switch
            {
                { Holds: false } => ("bad", "broken"),
                { Checked: > 0 } => ("good", "holds"),
                _ => ("idle", "nothing to check"),
            };
            html.Add($"""
                <tr><th scope="row">{invariant.Name}</th><td><span class="badge {style}">{word}</span></td>
                <td class="number">{invariant.Checked}</td></tr>
                """);
            foreach (var breach in invariant.Breaches)
                html.Add($"<tr><td colspan=\"3\" class=\"problem\">{breach}</td></tr>");
        }

        html.Add("</tbody></table>");
        foreach (var orphan in report.Orphans)
            html.Add($"<p class=\"problem\">Orphaned: {orphan}</p>");
        html.Add("</section>");
    }

    public static void AddFaults(HtmlWriter html, RehearsalReport report)
    {
        html.Add("<section aria-labelledby=\"faults\"><h2 id=\"faults\">Faults that were played</h2>");
        if (report.Faults.Count == 0)
            html.Add("<p>None. <code>--faults light</code> and <code>--faults storm</code> play some.</p>");
        else
            html.Add("<table><thead><tr><th scope=\"col\">fault</th><th scope=\"col\">times</th></tr></thead><tbody>");
        foreach (var (fault, times) in report.Faults)
            html.Add($"<tr><th scope=\"row\">{fault}</th><td class=\"number\">{times}</td></tr>");
        if (report.Faults.Count > 0)
            html.Add("</tbody></table>");
        if (report.Recovered is { } recovered)
            html.Add($"<p>The same command without faults {(recovered ? "then converged" : "failed, too")}.</p>");
        html.Add("</section>");
    }

    public static void AddCrashes(HtmlWriter html, RehearsalReport report)
    {
        html.Add("<section aria-labelledby=\"crashes\"><h2 id=\"crashes\">Crashes</h2>");
        if (report.Crashes is not { } crashes)
        {
            html.Add("<p>None. <code>--crash every</code> kills the engine at each moment at which it may die.</p>");
            html.Add("</section>");
            return;
        }

        html.Add($"""
            <p>The engine was killed at {crashes.Points} moments and started again: {crashes.Converged} times all was as
            declared afterwards. {crashes.Orphans} things were orphaned and {crashes.Duplicates} were there twice. One
            run sent {crashes.MutatingRequests} changes and wrote {crashes.JournalWrites} lines of its journal.</p>
            """);
        foreach (var failure in crashes.Failures)
            html.Add($"<p class=\"problem\">{failure}</p>");
        html.Add("</section>");
    }
}
