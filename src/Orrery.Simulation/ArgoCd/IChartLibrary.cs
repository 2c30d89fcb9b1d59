using System.Text.Json.Nodes;

namespace Orrery.Simulation.ArgoCd;

/// <summary>The charts that the simulated world knows. Whoever wants another must add it: nothing is made up.</summary>
public interface IChartLibrary
{
    /// <summary>The objects of a chart for some values, or null when this chart in this version is not known.</summary>
    ChartObjects? Render(ChartRequest request);
}

/// <summary>A chart to render.</summary>
/// <param name="Repository">As the source names it: <c>https://charts.jetstack.io</c>.</param>
/// <param name="Version">As the source names it.</param>
/// <param name="Namespace">Where the release goes.</param>
/// <param name="Values">Over the chart's own.</param>
public sealed record ChartRequest(
    string Repository, string Chart, string Version, string Release, string Namespace, JsonObject Values);

/// <summary>What a chart gave: its objects, definitions among them, or why its templates failed.</summary>
public sealed record ChartObjects(IReadOnlyList<JsonObject> Objects, string? Problem = null);
