using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Rehearsal.Reports.Html;

/// <summary>
/// The resources of the platform and what each of them needs, drawn in layers from left to right; the same as a table
/// for those who cannot see it, or where it is too large to draw.
/// </summary>
internal static class GraphDrawing
{
    /// <summary>More boxes than these nobody can follow.</summary>
    private const int DrawnMax = 60;

    private const int BoxWidth = 190;
    private const int BoxHeight = 40;
    private const int GapX = 70;
    private const int GapY = 14;
    private const int Margin = 8;
    private const int NameLengthMax = 26;

    public static void Add(HtmlWriter html, RehearsalReport report)
    {
        var step = report.Steps.FirstOrDefault(step => step.Plan is { Changes.Count: > 0 });
        if (step?.Plan is not { } plan)
            return;
        var changes = plan.Changes.Where(change => change.After is not null).ToArray();
        if (changes.Length == 0)
            return;

        html.Add("<section aria-labelledby=\"graph\"><h2 id=\"graph\">What needs what</h2>");
        if (changes.Length <= DrawnMax)
            Draw(html, changes, Critical(step));
        html.Add($"""
            <details{(changes.Length > DrawnMax ? " open" : "")}>
            <summary>{changes.Length} resources as a table</summary>
            <table><thead><tr><th scope="col">resource</th><th scope="col">needs</th></tr></thead><tbody>
            """);
        foreach (var change in changes)
            html.Add($"<tr><th scope=\"row\">{change.Address.Text}</th><td>{PageWords.Names(change.Needs)}</td></tr>");
        html.Add("</tbody></table></details></section>");
    }

    private static HashSet<ResourceAddress> Critical(StepReport step) =>
        [.. step.Timeline.Where(entry => entry.IsCritical).Select(entry => entry.Address)];

    private static void Draw(HtmlWriter html, Change[] changes, HashSet<ResourceAddress> critical)
    {
        var places = Layout(changes);
        var width = places.Values.Max(place => place.X) + BoxWidth + Margin;
        var height = places.Values.Max(place => place.Y) + BoxHeight + Margin;
        html.Add($"""
            <div class="scroll" tabindex="0" role="region" aria-label="Drawing of the resource graph">
            <svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"
            aria-label="{changes.Length} resources; each stands to the right of what it needs">
            """);
        foreach (var change in changes)
        {
            foreach (var need in change.Needs.Where(places.ContainsKey))
            {
                var isCritical = critical.Contains(need) && critical.Contains(change.Address);
                AddEdge(html, places[need], places[change.Address], isCritical);
            }
        }

        foreach (var change in changes)
            AddBox(html, change.Address, places[change.Address], critical.Contains(change.Address));
        html.Add("</svg></div>");
    }

    private static void AddEdge(HtmlWriter html, Place from, Place to, bool isCritical)
    {
        var (x1, y1) = (from.X + BoxWidth, from.Y + (BoxHeight / 2));
        var (x2, y2) = (to.X, to.Y + (BoxHeight / 2));
        var bend = (x2 - x1) / 2;
        html.Add($"""
            <path class="edge{(isCritical ? " critical" : "")}"
            d="M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"/>
            """);
    }

    private static void AddBox(HtmlWriter html, ResourceAddress address, Place place, bool isCritical)
    {
        var name = address.Name.Length <= NameLengthMax ? address.Name : $"{address.Name[..(NameLengthMax - 1)]}…";
        html.Add($"""
            <g class="box{(isCritical ? " critical" : "")}"><title>{address.Text}</title>
            <rect x="{place.X}" y="{place.Y}" width="{BoxWidth}" height="{BoxHeight}" rx="6"/>
            <text class="kind" x="{place.X + 10}" y="{place.Y + 16}">{PageWords.Kind(address)}</text>
            <text x="{place.X + 10}" y="{place.Y + 32}">{name}</text></g>
            """);
    }

    /// <summary>
    /// Each one layer behind the last of what it needs; within a layer near what it needs, so that few lines cross.
    /// </summary>
    private static Dictionary<ResourceAddress, Place> Layout(Change[] changes)
    {
        var byAddress = changes.ToDictionary(change => change.Address);
        var layers = new Dictionary<ResourceAddress, int>();
        foreach (var change in changes)
            LayerOf(change.Address, byAddress, layers);

        var places = new Dictionary<ResourceAddress, Place>();
        foreach (var layer in changes.GroupBy(change => layers[change.Address]).OrderBy(layer => layer.Key))
        {
            var row = 0;
            foreach (var change in layer.OrderBy(change => Height(change, places)).ThenBy(change => change.Address))
            {
                places[change.Address] = new Place(
                    Margin + (layer.Key * (BoxWidth + GapX)), Margin + (row++ * (BoxHeight + GapY)));
            }
        }

        return places;
    }

    private static int LayerOf(
        ResourceAddress address, Dictionary<ResourceAddress, Change> changes, Dictionary<ResourceAddress, int> layers)
    {
        if (layers.TryGetValue(address, out var known))
            return known;
        // A plan has no circles.
        var needs = changes[address].Needs.Where(changes.ContainsKey).ToArray();
        return layers[address] = needs.Length == 0
            ? 0
            : 1 + needs.Max(need => LayerOf(need, changes, layers));
    }

    private static double Height(Change change, Dictionary<ResourceAddress, Place> places)
    {
        var needs = change.Needs.Where(places.ContainsKey).ToArray();
        return needs.Length == 0 ? 0 : needs.Average(need => places[need].Y);
    }

    private sealed record Place(int X, int Y);
}
