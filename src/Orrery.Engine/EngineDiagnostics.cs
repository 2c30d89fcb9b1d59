using Orrery.Engine.Applying;
using Orrery.Engine.Runs;
using Orrery.Engine.State;
using Orrery.Model.Diagnostics;

namespace Orrery.Engine;

/// <summary>The diagnostics of this assembly.</summary>
public static class EngineDiagnostics
{
    public static IReadOnlyList<DiagnosticFamily> Families { get; } =
        [RunDiagnostics.Family, ApplyDiagnostics.Family, AdoptionDiagnostics.Family, StateCodes.Family];
}
