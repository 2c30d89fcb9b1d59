using Orrery.Model.Plans;

namespace Orrery.Rehearsal.Reports.Html;

/// <summary>A step's changes as bars over its time, with what each of them waited for.</summary>
internal static class GanttChart
{
    private const int TicksMax = 8;

    // Steps between ticks that people read at a glance, in seconds: up to a day.
    private static readonly double[] TickSteps =
        [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 86_400];

    public static void Add(HtmlWriter html, StepReport step)
    {
        var outcome = step.Outcome == "converged" ? "" : $" {step.Outcome}";
        html.Add($"""
            <article><h3>{step.Name}{outcome}
            <small>{PageWords.Duration(step.SimulatedSeconds)}, {PageWords.Changes(step.Plan)}</small></h3>
            """);
        foreach (var diagnostic in step.Diagnostics)
            html.Add($"""
                <p class="problem"><b>{diagnostic.Code} {diagnostic.Address?.Text}</b> {diagnostic.Summary}:
                {diagnostic.Detail}</p>
                """);
        var entries = step.Timeline.Where(entry => entry.Action != ChangeAction.None).ToArray();
        if (entries.Length > 0)
            AddChart(html, step, entries);
        html.Add("</article>");
    }

    private static void AddChart(HtmlWriter html, StepReport step, TimelineReport[] entries)
    {
        var whole = Math.Max(entries.Max(entry => entry.End), 0.1);
        html.Add("<div class=\"axis\" aria-hidden=\"true\">");
        var every = TickSteps.FirstOrDefault(tick => whole / tick <= TicksMax, TickSteps[^1]);
        for (var tick = 0; tick * every <= whole; tick++)
            html.Add($"<span style=\"left:{100 * tick * every / whole}%\">{PageWords.Tick(tick * every)}</span>");
        html.Add("</div>");
        html.Add($"<ol class=\"gantt\" aria-label=\"Changes of {step.Name} in order of their begin\">");
        foreach (var entry in entries)
            AddBar(html, entry, whole);
        html.Add("</ol>");
    }

    private static void AddBar(HtmlWriter html, TimelineReport entry, double whole)
    {
        var kind = entry.IsCritical ? "bar critical" : "bar";
        var waited = entry.After.Count > 0
            ? $"It waited for {PageWords.Names(entry.After)}."
            : "It waited for nothing.";
        html.Add($"""
            <li tabindex="0"><span class="name"><span class="verb">{PageWords.Verb(entry.Action)}</span>
            {PageWords.Name(entry.Address)}</span>
            <span class="track"><span class="{kind} {PageWords.Verb(entry.Action)}"
            style="left:{100 * entry.Start / whole}%;width:{100 * (entry.End - entry.Start) / whole}%"></span></span>
            <span class="took">{PageWords.Duration(entry.End - entry.Start)}{(entry.IsCritical ? " ★" : "")}</span>
            <span class="more"><b>{entry.Address.Text}</b> from {PageWords.Duration(entry.Start)} to
            {PageWords.Duration(entry.End)}{(entry.IsCritical ? ", on the critical path" : "")}. {waited}</span></li>
            """);
    }
}
