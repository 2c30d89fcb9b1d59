namespace Orrery.Simulation.Time;

/// <summary>
/// One life of an engine: from its start to its end or its death. A dead one is never told anything again; nothing of
/// it is cancelled, thrown or disposed, since a crash runs no clean-up.
/// </summary>
public sealed class Life(VirtualClock clock)
{
    private readonly TaskCompletionSource _died = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public VirtualClock Clock { get; } = clock;

    public bool IsDead { get; private set; }

    /// <summary>Completes when it dies.</summary>
    public Task Died => _died.Task;

    /// <summary>
    /// While set, nothing reaches this life: a suspended process. What is due waits until it goes on.
    /// </summary>
    public TimeSpan PausedUntil { get; private set; }

    public void Kill()
    {
        IsDead = true;
        _died.TrySetResult();
    }

    /// <summary>Suspends the process from now on for a while, as a laptop's lid does.</summary>
    public void Pause(TimeSpan duration) => PausedUntil = Clock.Now + duration;

    /// <summary>Tells this life something later, if it still lives then and is not suspended.</summary>
    public void Deliver(TimeSpan after, Action happening) => Clock.Schedule(after, () => Reach(happening));

    /// <summary>A task that never ends: what the dead wait for.</summary>
    public static Task<T> Never<T>() =>
        new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously).Task;

    internal void Reach(Action happening)
    {
        if (IsDead)
            return;
        if (PausedUntil > Clock.Now)
            Deliver(PausedUntil - Clock.Now, happening);
        else
            happening();
    }
}
