using Orrery.Engine.Ports;
using Orrery.Simulation.Hetzner;
using Orrery.Simulation.Time;

namespace Orrery.Rehearsal;

/// <summary>
/// What stands between the engine and its ports in an exploration: a contract checker on the wire, or a planted bug
/// that proves that a checker can fail. Everything passes unchanged by default.
/// </summary>
public sealed record Interposed
{
    public static Interposed Nothing { get; } = new();

    public Func<HttpMessageHandler, HttpMessageHandler> Wire { get; init; } = static wire => wire;

    public Func<IStateFiles, Life, IStateFiles> Files { get; init; } = static (files, _) => files;

    public Func<IWriterGuard, IWriterGuard> Guard { get; init; } = static guard => guard;

    public Func<IProvider, IProvider> Provider { get; init; } = static provider => provider;

    /// <summary>The programs that an engine starts on a stage.</summary>
    public Func<IProcessRunner, Stages.Stage, IProcessRunner> Processes { get; init; } =
        static (programs, _) => programs;

    /// <summary>What the simulated cloud is like beforehand.</summary>
    public Func<HetznerWorldOptions, HetznerWorldOptions> World { get; init; } = static options => options;

    /// <summary>Told of the stage when a step begins; may suspend a life, lose the state, play a rival.</summary>
    public Action<Stages.Stage, string> StepBegins { get; init; } = static (_, _) => { };
}
