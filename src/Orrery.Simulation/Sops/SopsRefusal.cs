using System.Diagnostics.CodeAnalysis;

namespace Orrery.Simulation.Sops;

/// <summary>At which step a file was refused; programs around SOPS put their own words before each.</summary>
internal enum SopsStep
{
    Loading,
    DataKey,
    Values,
    Integrity,
}

/// <summary>Why a file does not open, in the words of SOPS.</summary>
[SuppressMessage("Design", "CA1064", Justification = "It becomes a condition of a cluster's object.")]
internal sealed class SopsRefusal(SopsStep step, string message) : Exception(message)
{
    public SopsStep Step => step;
}
