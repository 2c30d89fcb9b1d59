using Orrery.Model.Values;

namespace Orrery.Simulation.Flux;

/// <summary>What source-controller has fetched.</summary>
public interface IArtifacts
{
    /// <summary>The newest artifact of a source, or null where there is none yet.</summary>
    /// <param name="kind">For example <c>GitRepository</c>.</param>
    Artifact? Find(string kind, string ns, string name);
}

/// <summary>The files of a source at a revision such as <c>main@sha1:…</c>.</summary>
public sealed record Artifact(string Revision, ValueMap<string> Files);
