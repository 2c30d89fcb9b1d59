using Orrery.Model.Spec.Resolving;

namespace Orrery.Model.Spec.Checks;

/// <summary>The checks across fields; each family is a file with its functions.</summary>
internal static class AllChecks
{
    public static void Run(Declared declared, Problems problems)
    {
    }
}
