using Orrery.Model.Diagnostics;
using Orrery.Model.Resources;
using Orrery.Model.Spec;
using Orrery.Model.Spec.Checks;

namespace Orrery.Model;

/// <summary>The diagnostics of this assembly.</summary>
public static class ModelDiagnostics
{
    public static IReadOnlyList<DiagnosticFamily> Families { get; } =
    [
        new("SPEC", "the form of the declaration", "Found while reading, in each document by itself.", SpecCodes.All),
        new(
            "CHECK",
            "what fields say together",
            "Found between fields and documents that are well formed.",
            CheckCodes.All),
        new(
            "NOTYET",
            "what is not built yet",
            "The declaration may say it, and Orrery does not do it yet: an error where the platform cannot come up "
            + "without, a warning where it comes up without that part.",
            Unbuilt.All),
        new("GRAPH", "the resource graph", "Found while the resources are put in order.", GraphDiagnostics.All),
    ];
}
