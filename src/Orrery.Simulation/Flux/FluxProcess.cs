namespace Orrery.Simulation.Flux;

/// <summary>The process that a controller is, as its Deployment makes it.</summary>
public sealed record FluxProcess
{
    /// <summary>Its Deployment is ready.</summary>
    public Func<bool> IsRunning { get; init; } = static () => true;

    /// <summary>
    /// Between looks at what something waits for: <c>--requeue-dependency</c>, whose default this is.
    /// </summary>
    public Func<TimeSpan> Requeue { get; init; } = static () => RequeueDefault;

    public static TimeSpan RequeueDefault { get; } = TimeSpan.FromSeconds(30);
}
