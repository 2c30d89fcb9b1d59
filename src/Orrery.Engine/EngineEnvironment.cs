using Orrery.Engine.Ports;
using Orrery.Engine.Runs;
using Orrery.Engine.State;

namespace Orrery.Engine;

/// <summary>What the engine needs of its surroundings; production and rehearsal compose it differently.</summary>
public sealed record EngineEnvironment
{
    public required TimeProvider Time { get; init; }

    public required IRandomSource Random { get; init; }

    public required IStateFiles Files { get; init; }

    public required IStateCipher Cipher { get; init; }

    /// <summary>Makes the providers of all clusters, by cluster name; each change they make passes the guard.</summary>
    public required Func<IWriterGuard, IReadOnlyDictionary<string, IProvider>> Providers { get; init; }

    public required ISecretValues Secrets { get; init; }

    /// <summary>Who writes, for people: user, host and process.</summary>
    public required string Holder { get; init; }

    public required IRunObserver Observer { get; init; }

    /// <summary>
    /// What stands between the lease and the providers; the lease itself unless an exploration plants a bug.
    /// </summary>
    public Func<IWriterGuard, IWriterGuard> Guard { get; init; } = static lease => lease;
}
