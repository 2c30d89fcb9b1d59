namespace Orrery.Simulation.Flux;

/// <summary>How the simulated Flux is, apart from what its objects and Deployments say.</summary>
public sealed record FluxOptions
{
    /// <summary>Where it is installed.</summary>
    public string Namespace { get; init; } = "flux-system";

    /// <summary>Since when the API of its cluster answers; null while it does not, and nothing happens.</summary>
    public Func<TimeSpan?> UpSince { get; init; } = static () => TimeSpan.Zero;

    /// <summary>
    /// From a change of an object until what follows is done. Assumed: a watch, and a fetch or a build.
    /// </summary>
    public TimeSpan Reaction { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Between two looks at the health of what was applied: <c>WaitForSetWithContext</c> of
    /// kustomize-controller.</summary>
    public TimeSpan HealthInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After a failure that has no interval of its own. Assumed: the first pauses of a backoff.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromSeconds(10);
}
