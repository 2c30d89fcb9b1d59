using Orrery.Engine.Runs;
using Orrery.Model.Platforms;

namespace Orrery.Engine;

/// <summary>The whole flow of one platform, from its declaration to what is: plan, apply, observe.</summary>
public sealed class Pipeline(Platform platform, EngineEnvironment environment)
{
    public Platform Platform { get; } = platform;

    public EngineEnvironment Environment { get; } = environment;

    /// <summary>Plans without changing anything, neither in a cloud nor in the state.</summary>
    public Task<PlannedRun> PlanAsync(RunVerb verb, string? cluster, CancellationToken cancellation) =>
        Task.FromException<PlannedRun>(new InvalidOperationException($"{verb} {cluster} {cancellation.CanBeCanceled}"));
}
