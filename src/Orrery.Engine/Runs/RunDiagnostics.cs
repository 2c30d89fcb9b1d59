using Orrery.Model.Diagnostics;

namespace Orrery.Engine.Runs;

internal static class RunDiagnostics
{
    public static Diagnostic PlanMoved() => new()
    {
        Code = "PLAN001",
        Summary = "the saved plan no longer fits",
        Detail = "The declaration, the state or the cloud has changed since it was made; nothing was changed now.",
        Hints = ["look at a new one: orrery plan DIR --out FILE"],
    };
}
