using System.Diagnostics.CodeAnalysis;

namespace Orrery.Simulation.ArgoCd.Rendering;

/// <summary>Why there are no manifests, as the repository server says it.</summary>
[SuppressMessage("Design", "CA1064", Justification = "It becomes a condition of an Application.")]
internal sealed class ManifestException(string message) : Exception(message);
