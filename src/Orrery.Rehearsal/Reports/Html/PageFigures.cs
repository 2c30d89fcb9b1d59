namespace Orrery.Rehearsal.Reports.Html;

/// <summary>Requests against the budget, and downtime, as bars with their figures.</summary>
internal static class PageFigures
{
    private static readonly string[] Strategies = ["in-place", "blue-green"];

    public static void AddRequests(HtmlWriter html, RehearsalReport report)
    {
        html.Add("""
            <section aria-labelledby="requests"><h2 id="requests">Requests against the hourly budget</h2>
            <table><thead><tr><th scope="col">provider</th><th scope="col">requests</th><th scope="col">changes</th>
            <th scope="col">budget an hour</th><th scope="col">used</th></tr></thead><tbody>
            """);
        foreach (var (provider, count) in report.Requests)
        {
            // A rehearsal of less than an hour meets one hour's budget.
            var hours = Math.Max(1, report.SimulatedSeconds / 3600);
            html.Add($"""
                <tr><th scope="row">{provider}</th><td class="number">{count.Total}</td>
                <td class="number">{count.Mutating}</td>
                """);
            if (count.BudgetPerHour is { } budget)
                AddMeter(html, budget, 100 * count.Total / hours / budget);
            else
                html.Add("<td>none known</td><td></td></tr>");
        }

        html.Add("</tbody></table></section>");
    }

    public static void AddDowntime(HtmlWriter html, RehearsalReport report)
    {
        if (report.DowntimeSeconds.Count == 0)
            return;
        html.Add("""
            <section aria-labelledby="downtime"><h2 id="downtime">Downtime of a rebuild</h2>
            <table><thead><tr><th scope="col">strategy</th><th scope="col">not answering</th></tr></thead><tbody>
            """);
        var longest = Math.Max(report.DowntimeSeconds.Values.Max(), 0.1);
        foreach (var (strategy, seconds) in report.DowntimeSeconds)
            html.Add($"""
                <tr><th scope="row">{strategy}</th>
                <td><span class="meter" aria-hidden="true"><span
                style="width:{100 * seconds / longest}%"></span></span>{seconds} s</td></tr>
                """);
        html.Add("</tbody></table>");
        foreach (var other in Strategies.Where(strategy => !report.DowntimeSeconds.ContainsKey(strategy)))
            html.Add($"<p>Add <code>--strategy {other}</code> to the command to compare with {other}.</p>");
        html.Add("</section>");
    }

    private static void AddMeter(HtmlWriter html, int budget, double percent) => html.Add($"""
        <td class="number">{budget}</td><td><span class="meter" aria-hidden="true"><span
        style="width:{Math.Min(percent, 100)}%"></span></span>{percent} %</td></tr>
        """);
}
