using Orrery.Model.Diagnostics;

namespace Orrery.Model.Resources;

internal static class GraphDiagnostics
{
    public static Diagnostic Cycle(IEnumerable<string> addresses) => new()
    {
        Code = "GRAPH001",
        Summary = "resources need each other in a circle",
        Detail = $"None of these can be made first: {string.Join(", ", addresses)}.",
        Hints = ["break the circle by removing one of the references between them"],
    };
}
