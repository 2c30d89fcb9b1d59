namespace Orrery.Simulation.ArgoCd.Rendering;

/// <summary>Why there are no manifests, as the repository server says it.</summary>
internal sealed class ManifestException(string message) : Exception(message);
