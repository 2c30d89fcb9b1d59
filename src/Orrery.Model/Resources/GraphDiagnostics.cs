using Orrery.Model.Diagnostics;

namespace Orrery.Model.Resources;

/// <summary>What can be wrong with the graph of resources.</summary>
public static class GraphDiagnostics
{
    private static readonly DiagnosticCode Circle = new(
        "GRAPH001",
        "resources need each other in a circle",
        "None of the resources can be made first. Remove one of the references between them.");

    /// <summary>In order of their codes.</summary>
    public static IReadOnlyList<DiagnosticCode> All { get; } = [Circle];

    internal static Diagnostic Cycle(IEnumerable<string> addresses) => Circle.At(
        null,
        $"None of these can be made first: {string.Join(", ", addresses)}.",
        ["break the circle by removing one of the references between them"]);
}
